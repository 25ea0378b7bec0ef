"""Stores of counts: in Redis for all processes together, or in the process without it."""

import threading
from dataclasses import dataclass
from typing import Protocol

from ops.metrics.counts import Counts
from ops.metrics.windows import WINDOWS, Window


@dataclass(frozen=True)
class Batch:
    """The counts of a process in about a second. number: one more than that of the batch before."""

    process: str
    number: int
    now: float
    counts: Counts


class Store(Protocol):
    """Each method may raise RedisError."""

    def write(self, batch: Batch) -> None:
        """Adds the counts, once, however often this batch is written."""

    def total(self) -> Counts:
        """Returns all counts since the beginning."""
        ...

    def history(self, window: Window, *, now: float) -> list[Counts]:
        """Returns the counts of each step of the window, from the oldest to the current one."""
        ...

    def close(self) -> None:
        """Closes the connections."""


class LocalStore:
    """In memory: the counts of this process alone."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.all = Counts()
        self.steps: dict[Window, dict[int, Counts]] = {window: {} for window in WINDOWS}

    def write(self, batch: Batch) -> None:
        with self.lock:
            self.all.add(batch.counts)
            for window, steps in self.steps.items():
                steps.setdefault(window.step_at(batch.now), Counts()).add(batch.counts)
                for expired in steps.keys() - set(window.steps_until(batch.now)):
                    del steps[expired]

    def total(self) -> Counts:
        with self.lock:
            return Counts(self.all)

    def history(self, window: Window, *, now: float) -> list[Counts]:
        with self.lock:
            return [Counts(self.steps[window].get(step, {})) for step in window.steps_until(now)]

    def close(self) -> None:
        pass
