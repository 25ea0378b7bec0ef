"""The counts of a process."""

import atexit
import os
import threading
import time

from django.conf import settings

from ops.metrics.counts import Counts
from ops.metrics.families import Family
from ops.metrics.labels import CardinalityLimit
from ops.metrics.redis_store import RedisStore
from ops.metrics.store import LocalStore, Store
from ops.metrics.windows import History, Window
from ops.metrics.writer import Writer


class Metrics:
    """Counts in memory. What was counted is in the store within a second, and before anybody reads it here."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.wall = CardinalityLimit()
        self.waiting = Counts()
        self.lock = threading.Lock()
        self.writer = Writer(store, self.take)

    # --- Counting ------------------------------------------------------------------------------------------------

    def add(self, counts: Counts) -> None:
        """Add what a request has counted. Never waits for the store."""
        admitted = self.wall.admitted
        with self.lock:
            waiting = self.waiting
            for series, number in counts.items():
                told_apart = series if series in admitted else self.wall.admit(series)
                waiting[told_apart] = waiting.get(told_apart, 0) + number
        if self.writer.thread is None:
            self.writer.start()

    def count(self, family: Family, *labels: str, by: int = 1) -> None:
        """Something has happened. Whoever counts several things adds them together."""
        counts = Counts()
        counts.count(family, *labels, by=by)
        self.add(counts)

    def observe(self, family: Family, *labels: str, seconds: float) -> None:
        """Something has taken so long. Whoever counts several things adds them together."""
        counts = Counts()
        counts.observe(family, *labels, seconds=seconds)
        self.add(counts)

    def take(self) -> Counts:
        """What waits to be written; whoever asks has it from now on."""
        with self.lock:
            counts, self.waiting = self.waiting, Counts()
        return counts

    # --- Reading -------------------------------------------------------------------------------------------------

    def total(self) -> Counts:
        """All that was counted, by all processes. Raises RedisError."""
        self.writer.write()
        return self.store.total()

    def history(self, window: Window) -> History:
        """What was counted lately, by all processes. Raises RedisError."""
        self.writer.write()
        now = time.time()
        return History(window, now, self.store.history(window, now=now))

    def close(self) -> None:
        """Write what is left."""
        self.writer.close()
        self.store.close()


class NullMetrics(Metrics):
    """Counts nothing, and has nothing to tell."""

    def __init__(self) -> None:
        super().__init__(LocalStore())

    def add(self, counts: Counts) -> None:
        pass


_metrics: dict[tuple[int, bool, str], Metrics] = {}


def metrics() -> Metrics:
    """This process's. A worker that was forked makes its own: it must not write what its parent has counted."""
    key = (os.getpid(), settings.METRICS, settings.REDIS_URL)
    found = _metrics.get(key)
    if found is None:
        # No lock, which a fork could copy while it is held: of two that are made at once, one is never used.
        found = _metrics.setdefault(key, make(is_on=settings.METRICS, redis_url=settings.REDIS_URL))
    return found


def make(*, is_on: bool, redis_url: str) -> Metrics:
    if not is_on:
        return NullMetrics()
    return Metrics(RedisStore(redis_url) if redis_url else LocalStore())


@atexit.register
def close() -> None:
    """Write what this process has left; what it has of its parent is its parent's."""
    for (process, _, _), mine in list(_metrics.items()):
        if process == os.getpid():
            mine.close()
