"""How counts are kept over time: in steps, for as long as somebody looks back."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from ops.metrics.counts import Counts


@dataclass(frozen=True)
class Window:
    """The last so many steps, the one that is under way among them. step: what one is called."""

    step: str
    step_seconds: int
    steps: int
    kept_seconds: int

    def step_at(self, now: float) -> int:
        """The number of the step that is under way."""
        return int(now // self.step_seconds)

    def steps_until(self, now: float) -> range:
        last = self.step_at(now)
        return range(last - self.steps + 1, last + 1)


HOUR = Window("minute", step_seconds=60, steps=60, kept_seconds=2 * 3600)
DAY = Window("quarter", step_seconds=900, steps=96, kept_seconds=26 * 3600)
WINDOWS = (HOUR, DAY)


@dataclass(frozen=True)
class History:
    """What was counted in each step of a window, from the oldest to the one that is under way."""

    window: Window
    now: float
    steps: list[Counts]

    @cached_property
    def counts(self) -> Counts:
        """All of them together."""
        together = Counts()
        for counts in self.steps:
            together.add(counts)
        return together

    @property
    def seconds(self) -> float:
        """How long that was: the last step is not over."""
        return self.now - self.window.steps_until(self.now)[0] * self.window.step_seconds

    @property
    def starts(self) -> list[datetime]:
        """When each step began."""
        numbers = self.window.steps_until(self.now)
        return [datetime.fromtimestamp(number * self.window.step_seconds, UTC) for number in numbers]
