"""A pool of threads, of which no more are at work than keep the CPU busy.

Python runs one thread at a time. Threads that all have something to do take turns at every statement that they send,
and pay for each: a quarter of a request's CPU, where one of them could do it all. So one does, and others join while
requests wait and the CPU has time to spare, or nothing at all goes on: it is the database that is waited for.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any

WINDOW_SECONDS = 0.02
"""After how long it is decided anew how many are at work."""

TO_SPARE, BUSY = 0.5, 0.8
"""With less of a CPU in use one more joins; with more than that one leaves."""


class Threads:
    """So much of concurrent.futures.Executor as gunicorn uses. size: how many there are at most."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.jobs: SimpleQueue[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = SimpleQueue()
        self.at_work = 1
        self.begun = 0
        self.join, self.leave = threading.Semaphore(1), threading.Semaphore(0)
        self.look()
        for _ in range(size):
            threading.Thread(target=self.work, daemon=True).start()

    def submit(self, function: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        self.jobs.put((future, function, arguments))
        return future

    def shutdown(self, **_: Any) -> None:
        """They end with the process."""

    def work(self) -> None:
        self.join.acquire()
        while True:
            future, function, arguments = self.jobs.get()
            self.begun += 1
            try:
                future.set_result(function(*arguments))
            except BaseException as error:
                future.set_exception(error)
            del future, function, arguments  # or a connection would live until the next request
            if self.leave.acquire(blocking=False):
                self.join.acquire()

    @property
    def are_behind(self) -> bool:
        """Whether anything waits for a thread."""
        return not self.jobs.empty()

    def adjust(self) -> None:
        """Decide how many are at work, by what they did since that was last decided. To be called from one thread."""
        seconds = time.monotonic() - self.since
        if seconds < WINDOW_SECONDS:
            return
        share = (time.process_time() - self.cpu_seconds) / seconds
        is_stuck = self.begun == self.begun_before
        if self.are_behind and (is_stuck or share < TO_SPARE) and self.at_work < self.size:
            self.at_work += 1
            self.join.release()
        elif share > BUSY and self.at_work > 1:
            self.at_work -= 1
            self.leave.release()
        self.look()

    def look(self) -> None:
        self.since, self.cpu_seconds, self.begun_before = time.monotonic(), time.process_time(), self.begun
