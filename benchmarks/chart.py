"""A chart of one workload as SVG: requests a second and CPU time a request of all peers."""

from html import escape
from typing import Any

from benchmarks.figures import Figure
from benchmarks.report import brief
from benchmarks.titles import PEERS, WORKLOADS

WIDTH, MARGIN = 860, 16
TITLE_WIDTH, BAR_WIDTH, GAP = 236, 220, 76
TOP, ROW, BAR = 76, 26, 16
API_PEERS = {"api", "standard", "memcached", "nginx"}
PANELS = (("rate", "requests a second: more is better"), ("cost", "ms of CPU a request: less is better"))

# Colours with contrast on white and on black; text follows the colour scheme of the reader.
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 15px }
.axis { fill: #59636e }
.api { fill: #1a7f5a }
.other { fill: #8a94a0 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .axis { fill: #9198a1 } }
"""


def draw(peers: dict[str, Any]) -> str:
    """Returns the chart of these figures of the workload `fifty`, by peer."""
    height = TOP + ROW * len(peers) + MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
            ' aria-labelledby="title description">',
            f'<title id="title">{WORKLOADS["fifty"]}</title>',
            f'<desc id="description">{escape(describe(peers))}</desc>',
            f"<style>{STYLE}</style>",
            text(MARGIN, 28, f"{WORKLOADS['fifty']}, two processes each", "title"),
            *(text(MARGIN, baseline(row), PEERS[name]) for row, name in enumerate(peers)),
            *(line for column, panel in enumerate(PANELS) for line in draw_panel(column, *panel, peers)),
            "</svg>\n",
        ]
    )


def draw_panel(column: int, kind: str, caption: str, peers: dict[str, Any]) -> list[str]:
    """Returns the bars of one kind of figure. A bar out of proportion is cut off, with a pointed end."""
    left = MARGIN + TITLE_WIDTH + column * (BAR_WIDTH + GAP)
    medians = {name: Figure.read(figures[kind]).median for name, figures in peers.items()}
    whole = scale_of(list(medians.values()))
    drawn = [text(left, TOP - 14, caption, "axis")]
    for row, (name, median) in enumerate(medians.items()):
        length = max(1.0, min(1.0, median / whole) * BAR_WIDTH)
        top = TOP + row * ROW
        drawn.append(bar(left, top, length, "api" if name in API_PEERS else "other", is_cut=median > whole))
        drawn.append(text(left + length + 6, baseline(row), brief(median)))
    return drawn


def scale_of(values: list[float]) -> float:
    """Returns the figure of the longest full bar: the largest that is at most three times the next."""
    first, *others = sorted(values, reverse=True)
    while others and first > 3 * others[0]:
        first, *others = others
    return first


def bar(left: float, top: float, length: float, kind: str, *, is_cut: bool) -> str:
    if not is_cut:
        return f'<rect class="{kind}" x="{left}" y="{top}" width="{length:.1f}" height="{BAR}" rx="2"/>'
    point = BAR / 2
    return (
        f'<path class="{kind}" d="M{left} {top} h{length - point:.1f} l{point} {point} l-{point} {point}'
        f' h-{length - point:.1f} z"/>'
    )


def baseline(row: int) -> float:
    return TOP + row * ROW + BAR - 3


def text(left: float, base: float, words: str, kind: str = "") -> str:
    attribute = f' class="{kind}"' if kind else ""
    return f'<text{attribute} x="{left:.1f}" y="{base:.1f}">{escape(words)}</text>'


def describe(peers: dict[str, Any]) -> str:
    """The figures as text, for screen readers."""
    return "; ".join(
        f"{PEERS[name]}: {brief(figures['rate'][0])} requests a second, {brief(figures['cost'][0])} ms of CPU each"
        for name, figures in peers.items()
    )
