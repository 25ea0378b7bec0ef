"""The metrics of a process."""

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
    """Counts in memory. Counts are written to the store within a second, and before each read."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.cardinality_limit = CardinalityLimit()
        self.unwritten = Counts()
        self.lock = threading.Lock()
        self.writer = Writer(store, self.take)

    # --- Counting ------------------------------------------------------------------------------------------------

    def add(self, counts: Counts) -> None:
        """Adds the counts of a request. Never waits for the store."""
        admitted = self.cardinality_limit.admitted
        with self.lock:
            unwritten = self.unwritten
            for series, number in counts.items():
                limited = series if series in admitted else self.cardinality_limit.admit(series)
                unwritten[limited] = unwritten.get(limited, 0) + number
        if self.writer.thread is None:
            self.writer.start()

    def count(self, family: Family, *labels: str, by: int = 1) -> None:
        """Adds to a counter. For several at once, use `add`."""
        counts = Counts()
        counts.count(family, *labels, by=by)
        self.add(counts)

    def observe(self, family: Family, *labels: str, seconds: float) -> None:
        """Adds a duration. For several at once, use `add`."""
        counts = Counts()
        counts.observe(family, *labels, seconds=seconds)
        self.add(counts)

    def take(self) -> Counts:
        """Returns the counts that are not yet written, and removes them here."""
        with self.lock:
            counts, self.unwritten = self.unwritten, Counts()
        return counts

    # --- Reading -------------------------------------------------------------------------------------------------

    def total(self) -> Counts:
        """Returns all counts of all processes. Raises RedisError."""
        self.writer.write()
        return self.store.total()

    def history(self, window: Window) -> History:
        """Returns the counts of all processes within the window. Raises RedisError."""
        self.writer.write()
        now = time.time()
        return History(window, now, self.store.history(window, now=now))

    def close(self) -> None:
        """Writes the remaining counts."""
        self.writer.close()
        self.store.close()


class NullMetrics(Metrics):
    """Counts nothing: for METRICS=false."""

    def __init__(self) -> None:
        super().__init__(LocalStore())

    def add(self, counts: Counts) -> None:
        pass


_metrics: dict[tuple[int, bool, str], Metrics] = {}


def metrics() -> Metrics:
    """Returns the metrics of this process. A forked worker makes its own, so as not to write its parent's counts."""
    key = (os.getpid(), settings.METRICS, settings.REDIS_URL)
    found = _metrics.get(key)
    if found is None:
        # Without a lock, which a fork could copy while it is held: if two are made at once, one of them is never used.
        found = _metrics.setdefault(key, make(is_on=settings.METRICS, redis_url=settings.REDIS_URL))
    return found


def make(*, is_on: bool, redis_url: str) -> Metrics:
    if not is_on:
        return NullMetrics()
    return Metrics(RedisStore(redis_url) if redis_url else LocalStore())


@atexit.register
def close() -> None:
    """Writes the remaining counts of this process, but not those that it inherited from its parent."""
    for (process, _, _), own in list(_metrics.items()):
        if process == os.getpid():
            own.close()
