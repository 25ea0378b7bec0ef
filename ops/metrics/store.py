"""Where the counts of all processes come together: in Redis, or in the process when there is none."""

import threading
from dataclasses import dataclass
from typing import Protocol

from ops.metrics.counts import Counts
from ops.metrics.windows import WINDOWS, Window


@dataclass(frozen=True)
class Batch:
    """What a process has counted in about a second. number: one more than that of the batch before."""

    process: str
    number: int
    now: float
    counts: Counts


class Store(Protocol):
    """Each function may raise RedisError."""

    def write(self, batch: Batch) -> None:
        """Add what was counted, once, however often this batch is written."""

    def total(self) -> Counts:
        """All that was ever counted."""

    def history(self, window: Window, *, now: float) -> list[Counts]:
        """What was counted in each step of the window, from the oldest to the one that is under way."""

    def close(self) -> None:
        """Give back what it is connected by."""


class LocalStore:
    """In the process: of this one alone, and gone with it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.all = Counts()
        self.steps: dict[Window, dict[int, Counts]] = {window: {} for window in WINDOWS}

    def write(self, batch: Batch) -> None:
        with self.lock:
            self.all.add(batch.counts)
            for window, steps in self.steps.items():
                steps.setdefault(window.step_at(batch.now), Counts()).add(batch.counts)
                for passed in steps.keys() - set(window.steps_until(batch.now)):
                    del steps[passed]

    def total(self) -> Counts:
        with self.lock:
            return Counts(self.all)

    def history(self, window: Window, *, now: float) -> list[Counts]:
        with self.lock:
            return [Counts(self.steps[window].get(step, {})) for step in window.steps_until(now)]

    def close(self) -> None:
        pass
