"""Counts: a number for each series that has occurred."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ops.metrics.buckets import bucket_of, quantile
from ops.metrics.families import Family, Kind, Series

SUM = "sum"
"""The part of a histogram that is the sum of its durations. The other parts are the numbers of buckets."""


@dataclass
class Durations:
    """One series of a histogram. buckets: the number of durations in each."""

    buckets: dict[int, int] = field(default_factory=dict)
    microseconds: int = 0

    @property
    def count(self) -> int:
        return sum(self.buckets.values())

    def quantile(self, q: float) -> float | None:
        """Returns the q-quantile in seconds, exact to a tenth; None when there are no durations."""
        return quantile(self.buckets, q)


class Counts(dict[Series, int]):
    """The number of each series. A request has its own, which are added to those of its process at the end.

    Durations are integers, in microseconds.
    """

    def count(self, family: Family, *labels: str, by: int = 1) -> None:
        """Adds to a counter."""
        self.increase(family.series(*labels), by)

    def observe(self, family: Family, *labels: str, seconds: float) -> None:
        """Adds a duration."""
        microseconds = round(seconds * 1_000_000)
        series = family.series(*labels)
        if family.kind is Kind.SECONDS:
            self.increase(series, microseconds)
        else:
            self.increase((*series, str(bucket_of(microseconds))), 1)
            self.increase((*series, SUM), microseconds)

    def increase(self, series: Series, by: int) -> None:
        self[series] = self.get(series, 0) + by

    def add(self, others: Mapping[Series, int]) -> None:
        for series, number in others.items():
            self.increase(series, number)

    # --- Reading ------------------------------------------------------------------------------------------------

    def of(self, family: Family) -> dict[tuple[str, ...], int]:
        """Returns the numbers of a family that is not a histogram, sorted by the values of its labels."""
        return dict(sorted((series[1:], number) for series, number in self.parts_of(family, 0)))

    def durations(self, family: Family) -> dict[tuple[str, ...], Durations]:
        """Returns the durations of a histogram, sorted by the values of its labels."""
        found: defaultdict[tuple[str, ...], Durations] = defaultdict(Durations)
        for (_, *labels, part), number in sorted(self.parts_of(family, 1)):
            durations = found[tuple(labels)]
            if part == SUM:
                durations.microseconds = number
            else:
                durations.buckets[int(part)] = number
        return dict(found)

    def parts_of(self, family: Family, parts: int) -> Iterator[tuple[Series, int]]:
        """Yields the series that have this family's present labels: another release may have stored others."""
        length = 1 + len(family.labels) + parts
        return (one for one in self.items() if one[0][0] == family.name and len(one[0]) == length)
