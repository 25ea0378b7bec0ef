"""docs/performance.md and its chart, which show the committed figures."""

import re
from pathlib import Path

from benchmarks.chart import draw
from benchmarks.committed import Section
from benchmarks.report import REPORTS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
CHART = PAGE.with_suffix(".svg")
MARKER = re.compile(r"(<!-- bench: (\w+) -->\n).*?(<!-- /bench -->)", re.DOTALL)


def fill(page: str, sections: dict[str, Section]) -> str:
    """Returns the page with a new table at each marker for which something was measured."""

    def table(marker: re.Match[str]) -> str:
        begin, name, end = marker.groups()
        is_measured = ("ratios" if name == "targets" else name) in sections
        return f"{begin}{REPORTS[name](sections)}\n{end}" if is_measured else marker[0]

    return MARKER.sub(table, page)


def write(sections: dict[str, Section]) -> None:
    PAGE.write_text(fill(PAGE.read_text(), sections))
    if "work" in sections:
        CHART.write_text(draw(sections["work"]["fifty"]))
