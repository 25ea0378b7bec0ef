"""Medians with their spread, and ratios of measurements of the same rounds."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import quantiles
from typing import Any, Self


@dataclass(frozen=True)
class Figure:
    """A median, and the quartiles between which the middle half of all measurements lay."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        several = list(values)
        low, median, high = quantiles(several, n=4, method="inclusive") if len(several) > 1 else several * 3
        return cls(median, low, high)

    @classmethod
    def ratio(cls, ones: Iterable[float], others: Iterable[float]) -> Self:
        """Returns the ratio of the first values to the others, taken round by round."""
        return cls.of(one / other for one, other in zip(ones, others, strict=True))

    @classmethod
    def read(cls, rounded: Any) -> Self:
        """Returns the figure of its committed form: the inverse of `rounded`."""
        return cls(*rounded)

    def rounded(self) -> list[float]:
        """Returns the form of the committed figures: median, low and high with three significant digits."""
        return [float(f"{value:.3g}") for value in (self.median, self.low, self.high)]


Times = dict[str, tuple[list[float], list[float]]]
"""Milliseconds in a database of many appointments, and in one of few, by what was measured."""


def figures_by_size(times: Times) -> dict[str, dict[str, list[float]]]:
    """Returns the committed form of these times."""
    return {
        name: {
            "many": Figure.of(many).rounded(),
            "few": Figure.of(few).rounded(),
            "ratio": Figure.ratio(many, few).rounded(),
        }
        for name, (many, few) in times.items()
    }
