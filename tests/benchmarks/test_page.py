"""docs/performance.md shows the committed figures, and a run replaces the tables that it measured."""

from xml.etree import ElementTree

from benchmarks import committed, page
from benchmarks.chart import BAR_WIDTH, draw

FEW = {"few": 100.0, "many": 104.0, "requests": 100_000}
SVG = "{http://www.w3.org/2000/svg}"


def figures(rate: float, cost: float) -> dict[str, list[float]]:
    return {"rate": [rate] * 3, "cost": [cost] * 3}


def bars(svg: str) -> list[float]:
    """The lengths of the bars, without those that are cut off."""
    root = ElementTree.fromstring(svg)
    return [float(bar.attrib["width"]) for bar in root.iter(f"{SVG}rect")]


def test_a_section_replaces_the_table_at_its_marker_and_nothing_else() -> None:
    before = (
        "Before.\n<!-- bench: memory -->\nold\n<!-- /bench -->\nAfter.\n<!-- bench: start -->\nkept\n<!-- /bench -->\n"
    )
    after = page.fill(before, {"memory": FEW})
    assert after.startswith("Before.\n<!-- bench: memory -->\n| requests before")
    assert "| 100,000 | 104.0 MiB |\n<!-- /bench -->\nAfter.\n" in after
    assert after.endswith("<!-- bench: start -->\nkept\n<!-- /bench -->\n")
    assert "old" not in after


def test_the_length_of_a_bar_is_proportional_to_its_figure() -> None:
    svg = draw({"api": figures(100, 4), "apollo": figures(50, 8)})
    assert bars(svg) == [BAR_WIDTH, BAR_WIDTH / 2, BAR_WIDTH / 2, BAR_WIDTH]


def test_a_bar_out_of_proportion_is_cut_off_so_that_others_are_visible() -> None:
    peers = {"api": 100, "apollo": 50, "floor": 400, "nginx": 10_000}
    svg = draw({name: figures(rate, 4) for name, rate in peers.items()})
    assert bars(svg)[:2] == [BAR_WIDTH, BAR_WIDTH / 2]
    assert svg.count("<path") == 2


def test_the_page_and_its_chart_show_the_committed_figures() -> None:
    sections, text = committed.read(), page.PAGE.read_text()
    assert page.fill(text, sections) == text
    assert page.CHART.read_text() == draw(sections["work"]["fifty"])
