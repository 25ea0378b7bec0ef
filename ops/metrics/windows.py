"""Counts over time: windows of equal steps."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from ops.metrics.counts import Counts


@dataclass(frozen=True)
class Window:
    """The last steps, including the current one.

    step: the name of one. ttl_seconds: when a step expires.
    """

    step: str
    step_seconds: int
    steps: int
    ttl_seconds: int

    def step_at(self, now: float) -> int:
        """Returns the number of the current step."""
        return int(now // self.step_seconds)

    def steps_until(self, now: float) -> range:
        last = self.step_at(now)
        return range(last - self.steps + 1, last + 1)


HOUR = Window("minute", step_seconds=60, steps=60, ttl_seconds=2 * 3600)
DAY = Window("quarter", step_seconds=900, steps=96, ttl_seconds=26 * 3600)
WINDOWS = (HOUR, DAY)


@dataclass(frozen=True)
class History:
    """The counts of each step of a window, from the oldest to the current one."""

    window: Window
    now: float
    steps: list[Counts]

    @cached_property
    def counts(self) -> Counts:
        """The counts of all steps together."""
        total = Counts()
        for counts in self.steps:
            total.add(counts)
        return total

    @property
    def seconds(self) -> float:
        """The length so far: the current step is not complete."""
        return self.now - self.window.steps_until(self.now)[0] * self.window.step_seconds

    @property
    def starts(self) -> list[datetime]:
        """The start of each step."""
        numbers = self.window.steps_until(self.now)
        return [datetime.fromtimestamp(number * self.window.step_seconds, UTC) for number in numbers]
