"""The tables of faults in docs/operations.md. Each test adds a row, and `script/faults` writes the tables."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from tests.faults.api_client import Request

BEGIN, END = "<!-- faults: written by `script/faults` -->", "<!-- /faults -->"
AGES_BEGIN, AGES_END = "<!-- ages: written by `script/faults` -->", "<!-- /ages -->"

HEADER = """\
| What | Fault | Requests | Failed | p50, p99 before | p50, p99 during |
|---|---|---|---|---|---|
"""

AGES_HEADER = """\
| Fault | Changes | Responses of the application | Of them outdated | Responses of nginx | The oldest of them |
|---|---|---|---|---|---|
"""


@dataclass
class Report:
    """The rows of a run. ages: how old responses were."""

    rows: list[tuple[str, ...]] = field(default_factory=list)
    ages: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, dependency: str, fault: str, *, before: list[Request], during: list[Request]) -> None:
        """Adds a fault of a dependency, with the requests before it and during it."""
        self.rows.append(
            (dependency, fault, f"{len(during):,}", failures(during), milliseconds(before), milliseconds(during))
        )

    def add_ages(self, fault: str, *, changes: int, app: list[float], nginx: list[float]) -> None:
        """Adds a fault with the ages in seconds of the application's and of nginx's responses."""
        counts = (f"{number:,}" for number in (changes, len(app), sum(age > 0 for age in app), len(nginx)))
        self.ages.append((fault, *counts, f"{max(nginx):.2f} s"))
        print(self.ages[-1])

    def write(self) -> None:
        """Writes each table of which there are rows."""
        tables = ((BEGIN, END, HEADER, sorted(self.rows)), (AGES_BEGIN, AGES_END, AGES_HEADER, self.ages))
        for begin, end, header, rows in tables:
            if rows:
                write_between(begin, end, header + "".join(f"| {' | '.join(row)} |\n" for row in rows))


def write_between(
    begin: str, end: str, table: str, path: Path = Path(settings.BASE_DIR) / "docs" / "operations.md"
) -> None:
    """Writes a table into the document, in the place of the one between these lines. Raises ValueError without them."""
    before, found_begin, rest = path.read_text().partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise ValueError(f"{path} has no place for the table: {begin} … {end}")
    path.write_text(f"{before}{begin}\n{table}{end}{after}")


def failures(requests: list[Request]) -> str:
    """How many requests failed, and with which errors."""
    failed = [request for request in requests if request.failed]
    reasons = Counter(", ".join(request.codes) or str(request.status or "no answer") for request in failed)
    counts = ", ".join(f"{number} {reason}" for reason, number in reasons.most_common())
    return f"{len(failed)} ({counts})" if failed else "0"


def milliseconds(requests: list[Request]) -> str:
    return ", ".join(f"{percentile(requests, part) * 1000:.0f} ms" for part in (0.5, 0.99)) if requests else ""


def percentile(requests: list[Request], share: float) -> float:
    """The seconds within which this share of the requests was complete."""
    seconds = sorted(request.seconds for request in requests)
    return seconds[min(len(seconds) - 1, int(share * len(seconds)))] if seconds else 0.0
