"""Charts as numbers for SVG: drawn by the server, they need no script and no further request."""

import math
from collections.abc import Sequence
from typing import Any

WIDTH, HEIGHT = 720, 120
"""Of the columns, in units of the drawing; CSS makes it as wide as there is room."""

LABELS = 6
"""How many steps are named below the columns."""

SHORTEST_SECONDS = 0.0005
"""Where the scale of durations begins: it is logarithmic, as they are."""


def columns(totals: Sequence[int], parts: Sequence[int], *, starts: Sequence[str]) -> dict[str, Any]:
    """A column a step, with a part of it in another colour; what does not fit into it is cut off."""
    top = nice(max(totals, default=0))
    step = WIDTH / max(1, len(totals))
    every = max(1, len(totals) // LABELS)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "top": top,
        "columns": [
            {
                "x": round(place * step + step * 0.1, 2),
                "width": round(step * 0.8, 2),
                "y": round(HEIGHT - HEIGHT * total / top, 2),
                "height": round(HEIGHT * total / top, 2),
                "part_y": round(HEIGHT - HEIGHT * min(part, total) / top, 2),
                "part_height": round(HEIGHT * min(part, total) / top, 2),
                "told": f"{starts[place]}: {total:,}" + (f", {part:,} errors" if part else ""),
            }
            for place, (total, part) in enumerate(zip(totals, parts, strict=True))
            if total
        ],
        "labels": [
            {"x": round(place * step, 2), "text": starts[place]} for place in range(0, len(totals) - every // 2, every)
        ],
    }


def nice(greatest: int) -> int:
    """The next of 1, 2, 5, 10, 20 and so on: where an axis ends."""
    if greatest <= 1:
        return 1
    power = int(10 ** math.floor(math.log10(greatest)))
    return next(power * digit for digit in (1, 2, 5, 10) if power * digit >= greatest)


def spread(quantiles: Sequence[float | None], *, longest: float) -> list[float]:
    """Where these durations stand between the shortest and the longest, in hundredths; none of what never ran."""
    known = [seconds for seconds in quantiles if seconds is not None]
    scale = math.log(max(longest, SHORTEST_SECONDS * 2) / SHORTEST_SECONDS)
    return [round(100 * math.log(max(one, SHORTEST_SECONDS) / SHORTEST_SECONDS) / scale, 1) for one in known]
