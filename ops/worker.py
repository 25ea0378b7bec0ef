"""gunicorn's worker, but whoever has fewer connections takes the next one.

Whoever wakes first takes a new connection, and is awake for the next: so one worker may end up with all of them, and
the others, and their CPUs, with none. Connections last, where a proxy keeps them.
"""

import time
from mmap import mmap
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from ops.threads import WINDOW_SECONDS, Threads

PATIENCE_SECONDS, STEP_SECONDS = 0.01, 0.001
"""For how long a new connection is left to those who have fewer, and how often that is looked up meanwhile."""

WORKERS = 128
NOBODY = -1

board = memoryview(mmap(-1, 4 * WORKERS)).cast("i")
"""How many connections each worker has, in memory that all of them share; NOBODY where none would take another."""
board[:] = memoryview(b"\xff" * 4 * WORKERS).cast("i")


def fewest() -> int:
    """How many connections the worker has that has fewest."""
    return min((count for count in board if count != NOBODY), default=0)


class BalancedWorker(ThreadWorker):
    """Leaves a new connection to those who have fewer, for a moment."""

    def __init__(self, age: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(age, *args, **kwargs)
        self.place = age % WORKERS
        self.patient_until = 0.0
        self.looks_again_at = 0.0
        self.is_asked = False

    def accept(self, listener: Any) -> None:
        self.is_asked = True
        now = time.monotonic()
        if self.nr_conns > fewest():
            self.patient_until = self.patient_until or now + PATIENCE_SECONDS
            if now < self.patient_until:
                self.looks_again_at = now + STEP_SECONDS
                self.set_accept_enabled(False)
                return
        self.patient_until = 0.0
        super().accept(listener)

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled and time.monotonic() >= self.looks_again_at)

    def get_thread_pool(self) -> Threads:
        return Threads(self.cfg.threads)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        board[self.place] = self.nr_conns if self.alive else NOBODY
        self.tpool.adjust()
        pause = self.looks_again_at - time.monotonic()
        if self.tpool.are_behind:
            timeout = min(timeout, WINDOW_SECONDS)
        looks, self.is_asked = self._accepting, False
        super().wait_for_and_dispatch_events(min(timeout, pause) if pause > 0 else timeout)
        if looks and not self.is_asked:
            self.patient_until = 0.0  # whatever was left to others, somebody took

    def leave(self) -> None:
        """It has ended, in whatever way."""
        board[self.place] = NOBODY
