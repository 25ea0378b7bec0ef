"""Writes the counts of a process in a background thread, so that no request waits for the store."""

import logging
import threading
import time
from collections.abc import Callable
from uuid import uuid4

from ops.metrics.counts import Counts
from ops.metrics.store import Batch, Store

logger = logging.getLogger("ops.metrics")

INTERVAL_SECONDS = 1.0
CLOSE_TIMEOUT_SECONDS = 5.0
"""How long a process that ends retries while Redis is unavailable."""
CLOSE_RETRY_SECONDS = 0.2


class Writer:
    """One thread, which starts at the first count. take: returns the counts since the last call."""

    def __init__(self, store: Store, take: Callable[[], Counts]) -> None:
        self.store = store
        self.take = take
        self.process = uuid4().hex
        self.number = 0
        self.unconfirmed: Batch | None = None
        self.is_unavailable = False
        self.thread: threading.Thread | None = None
        self.start_lock = threading.Lock()  # requests acquire it, so it is held only briefly
        self.lock = threading.Lock()  # one batch at a time
        self.is_closed = threading.Event()

    def start(self) -> None:
        """Starts the thread, once."""
        with self.start_lock:
            if self.thread is None:
                self.thread = threading.Thread(target=self.run, name="metrics", daemon=True)
                self.thread.start()

    def run(self) -> None:
        while not self.is_closed.wait(INTERVAL_SECONDS):
            self.try_to_write()

    def write(self) -> None:
        """Writes all counts so far. Raises RedisError, and writes them at the next call then."""
        with self.lock:
            if self.unconfirmed is not None:
                self.send(self.unconfirmed)
            if counts := self.take():
                self.number += 1
                self.send(Batch(self.process, self.number, time.time(), counts))

    def send(self, batch: Batch) -> None:
        # Without a response it is unknown whether the batch was applied: the same one is sent again before any other.
        self.unconfirmed = batch
        self.store.write(batch)
        self.unconfirmed = None

    def try_to_write(self) -> bool:
        """Returns whether all was written. Logs once that the store is unavailable, and once that it is back."""
        try:
            self.write()
        except Exception:  # counting must go on after any error
            if not self.is_unavailable:
                logger.warning("Counts cannot be written: they wait in the process.", exc_info=True)
            self.is_unavailable = True
            return False
        if self.is_unavailable:
            logger.info("Redis is available again: pending counts were written.")
        self.is_unavailable = False
        return True

    def close(self) -> None:
        """Stops once all is written, or after CLOSE_TIMEOUT_SECONDS."""
        self.is_closed.set()
        deadline = time.monotonic() + CLOSE_TIMEOUT_SECONDS
        while not self.try_to_write():
            if time.monotonic() > deadline:
                logger.warning("The process ends with counts that were not written.")
                return
            time.sleep(CLOSE_RETRY_SECONDS)
