"""A chart of one work as SVG: everybody's requests a second, and the CPU that one request takes."""

from html import escape
from typing import Any

from benchmarks.figures import Figure
from benchmarks.report import brief
from benchmarks.titles import PEERS, WORKS

WIDTH, MARGIN = 860, 16
TITLE_WIDTH, BAR_WIDTH, GAP = 236, 220, 76
TOP, ROW, BAR = 76, 26, 16
OURS = {"ours", "standard", "memcached", "nginx"}
PANELS = (("rate", "requests a second: more is better"), ("cost", "ms of CPU a request: less is better"))

# Colours that stand out on white as on black; text takes the reader's choice.
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 15px }
.axis { fill: #59636e }
.ours { fill: #1a7f5a }
.other { fill: #8a94a0 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .axis { fill: #9198a1 } }
"""


def draw(peers: dict[str, Any]) -> str:
    """The chart of these figures, by peer, of the work that is called fifty."""
    height = TOP + ROW * len(peers) + MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
            ' aria-labelledby="title description">',
            f'<title id="title">{WORKS["fifty"]}</title>',
            f'<desc id="description">{escape(describe(peers))}</desc>',
            f"<style>{STYLE}</style>",
            text(MARGIN, 28, f"{WORKS['fifty']}, two processes each", "title"),
            *(text(MARGIN, baseline(row), PEERS[name]) for row, name in enumerate(peers)),
            *(line for column, panel in enumerate(PANELS) for line in draw_panel(column, *panel, peers)),
            "</svg>\n",
        ]
    )


def draw_panel(column: int, kind: str, caption: str, peers: dict[str, Any]) -> list[str]:
    """The bars of one kind of figure. What is out of all proportion is cut off, and says so by its end."""
    left = MARGIN + TITLE_WIDTH + column * (BAR_WIDTH + GAP)
    medians = {name: Figure.read(kept[kind]).median for name, kept in peers.items()}
    whole = scale_of(list(medians.values()))
    drawn = [text(left, TOP - 14, caption, "axis")]
    for row, (name, median) in enumerate(medians.items()):
        length = max(1.0, min(1.0, median / whole) * BAR_WIDTH)
        top = TOP + row * ROW
        drawn.append(bar(left, top, length, "ours" if name in OURS else "other", is_cut=median > whole))
        drawn.append(text(left + length + 6, baseline(row), brief(median)))
    return drawn


def scale_of(values: list[float]) -> float:
    """The figure of the longest bar: the largest that is not more than three times the next."""
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
    its_class = f' class="{kind}"' if kind else ""
    return f'<text{its_class} x="{left:.1f}" y="{base:.1f}">{escape(words)}</text>'


def describe(peers: dict[str, Any]) -> str:
    """The same in words, for those who see no chart."""
    return "; ".join(
        f"{PEERS[name]}: {brief(kept['rate'][0])} requests a second, {brief(kept['cost'][0])} ms of CPU each"
        for name, kept in peers.items()
    )
