"""Writes what a process has counted, so that no request ever does."""

import logging
import threading
import time
from collections.abc import Callable
from uuid import uuid4

from ops.metrics.counts import Counts
from ops.metrics.store import Batch, Store

logger = logging.getLogger("ops.metrics")

INTERVAL_SECONDS = 1.0
FAREWELL_SECONDS = 5.0
"""For how long a process that ends waits for a Redis that is away."""
FAREWELL_PAUSE_SECONDS = 0.2


class Writer:
    """One thread, which starts at the first count. take: what was counted since it was last asked."""

    def __init__(self, store: Store, take: Callable[[], Counts]) -> None:
        self.store = store
        self.take = take
        self.process = uuid4().hex
        self.number = 0
        self.unanswered: Batch | None = None
        self.is_away = False
        self.thread: threading.Thread | None = None
        self.start_lock = threading.Lock()  # requests take it, so nobody keeps it
        self.lock = threading.Lock()  # one batch at a time
        self.is_closed = threading.Event()

    def start(self) -> None:
        """Begin, unless that was done."""
        with self.start_lock:
            if self.thread is None:
                self.thread = threading.Thread(target=self.run, name="metrics", daemon=True)
                self.thread.start()

    def run(self) -> None:
        while not self.is_closed.wait(INTERVAL_SECONDS):
            self.try_to_write()

    def write(self) -> None:
        """Write all that was counted until now. Raises RedisError; then it is written another time."""
        with self.lock:
            if self.unanswered is not None:
                self.send(self.unanswered)
            if counts := self.take():
                self.number += 1
                self.send(Batch(self.process, self.number, time.time(), counts))

    def send(self, batch: Batch) -> None:
        # Until there is an answer nobody knows whether it was applied: the same batch is sent again, and no other.
        self.unanswered = batch
        self.store.write(batch)
        self.unanswered = None

    def try_to_write(self) -> bool:
        """Whether all was written. Tells once that the store is away, and once that it is back."""
        try:
            self.write()
        except Exception:  # whatever it is, counting goes on
            if not self.is_away:
                logger.warning("Counts cannot be written: they wait in the process.", exc_info=True)
            self.is_away = True
            return False
        if self.is_away:
            logger.info("Counts that waited are written.")
        self.is_away = False
        return True

    def close(self) -> None:
        """End, when all that is left is written; waits a while for a store that is away."""
        self.is_closed.set()
        deadline = time.monotonic() + FAREWELL_SECONDS
        while not self.try_to_write():
            if time.monotonic() > deadline:
                logger.warning("The process ends with counts that were not written.")
                return
            time.sleep(FAREWELL_PAUSE_SECONDS)
