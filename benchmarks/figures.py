"""What was measured, as it is kept: medians with their spread, and ratios of figures from the same rounds."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import quantiles
from typing import Any, Self


@dataclass(frozen=True)
class Figure:
    """A median, and between which two figures the middle half of all lay."""

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
        """Of the ones to the others, round by round."""
        return cls.of(one / other for one, other in zip(ones, others, strict=True))

    @classmethod
    def read(cls, kept: Any) -> Self:
        return cls(*kept)

    def kept(self) -> list[float]:
        return [float(f"{value:.3g}") for value in (self.median, self.low, self.high)]


Times = dict[str, tuple[list[float], list[float]]]
"""What each thing takes, in milliseconds: among many appointments, and among few."""


def beside(times: Times) -> dict[str, dict[str, list[float]]]:
    """What is kept of them."""
    return {
        name: {"many": Figure.of(many).kept(), "few": Figure.of(few).kept(), "ratio": Figure.ratio(many, few).kept()}
        for name, (many, few) in times.items()
    }
