"""Charts as numbers for SVG, which the templates draw without a script or another request."""

import math
from collections.abc import Sequence
from typing import Any

WIDTH, HEIGHT = 720, 120
"""The size of the chart, in units of its viewBox; CSS stretches it."""

MAX_LABELS = 6
"""The number of labels below the columns."""

SCALE_START_SECONDS = 0.0005
"""The start of the logarithmic scale of durations."""


def columns(totals: Sequence[int], parts: Sequence[int], *, starts: Sequence[str]) -> dict[str, Any]:
    """Returns a chart of columns, one for each step, a part of which (at most the whole) has another colour."""
    top = round_up(max(totals, default=0))
    step = WIDTH / max(1, len(totals))
    every = max(1, len(totals) // MAX_LABELS)
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
                "label": f"{starts[place]}: {total:,}" + (f", {part:,} errors" if part else ""),
            }
            for place, (total, part) in enumerate(zip(totals, parts, strict=True))
            if total
        ],
        "labels": [
            {"x": round(place * step, 2), "text": starts[place]} for place in range(0, len(totals) - every // 2, every)
        ],
    }


def round_up(greatest: int) -> int:
    """Returns the next of 1, 2, 5, 10, 20 and so on, as the end of an axis."""
    if greatest <= 1:
        return 1
    power = int(10 ** math.floor(math.log10(greatest)))
    return next(power * digit for digit in (1, 2, 5, 10) if power * digit >= greatest)


def spread(quantiles: Sequence[float | None], *, longest: float) -> list[float]:
    """Returns the positions of the known durations between the shortest and the longest, in percent."""
    known = [seconds for seconds in quantiles if seconds is not None]
    scale = math.log(max(longest, SCALE_START_SECONDS * 2) / SCALE_START_SECONDS)
    return [
        round(100 * math.log(max(seconds, SCALE_START_SECONDS) / SCALE_START_SECONDS) / scale, 1) for seconds in known
    ]
