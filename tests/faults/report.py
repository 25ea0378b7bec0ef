"""The table of faults in docs/operations.md. Each test adds a row, and `script/faults` writes the table."""

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from tests.faults.api_client import Request
from tests.faults.load import percentile

BEGIN, END = "<!-- faults: written by `script/faults` -->", "<!-- /faults -->"
IS_FULL_RUN = os.environ.get("FAULTS_REPORT", "") not in ("", "0")
"""Whether this run writes the table. Then each fault lasts longer."""

HEADER = """\
| What | Fault | Requests | Failed | p50, p99 before | p50, p99 during |
|---|---|---|---|---|---|
"""


@dataclass
class Report:
    """The rows of a run."""

    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, dependency: str, fault: str, *, before: list[Request], during: list[Request]) -> None:
        """Adds a fault of a dependency, with the requests before it and during it."""
        self.rows.append(
            (dependency, fault, f"{len(during):,}", failures(during), milliseconds(before), milliseconds(during))
        )

    def table(self) -> str:
        return HEADER + "".join(f"| {' | '.join(row)} |\n" for row in sorted(self.rows))

    def write(self) -> None:
        write_between(BEGIN, END, self.table())


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
