"""docs/performance.md and its chart, with the committed figures in their places."""

import re
from pathlib import Path

from benchmarks.chart import draw
from benchmarks.committed import Section
from benchmarks.report import REPORTS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
CHART = PAGE.with_suffix(".svg")
PLACE = re.compile(r"(<!-- bench: (\w+) -->\n).*?(<!-- /bench -->)", re.DOTALL)


def fill(page: str, sections: dict[str, Section]) -> str:
    """The page with a table in each place that has a name, and for which something was measured."""

    def told(place: re.Match[str]) -> str:
        begin, name, end = place.groups()
        is_there = ("ratios" if name == "targets" else name) in sections
        return f"{begin}{REPORTS[name](sections)}\n{end}" if is_there else place[0]

    return PLACE.sub(told, page)


def write(sections: dict[str, Section]) -> None:
    PAGE.write_text(fill(PAGE.read_text(), sections))
    if "work" in sections:
        CHART.write_text(draw(sections["work"]["fifty"]))
