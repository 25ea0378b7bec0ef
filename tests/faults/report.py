"""The tables of faults in docs/operations.md. Each test adds a row, and `script/faults` writes the tables."""

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from tests.faults.api_client import Request
from tests.faults.load import percentile

BEGIN, END = "<!-- faults: written by `script/faults` -->", "<!-- /faults -->"
AGES_BEGIN, AGES_END = "<!-- ages: written by `script/faults` -->", "<!-- /ages -->"
IS_FULL_RUN = os.environ.get("FAULTS_REPORT", "") not in ("", "0")
"""Whether this run writes the table. Then each fault lasts longer."""

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


def duration(ordinary: float, *, full: float) -> float:
    """How many seconds a phase lasts, in an ordinary run or in one that writes the table."""
    return full if IS_FULL_RUN else ordinary
