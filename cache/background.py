"""Work that is repeated in the background until it is done: one daemon thread, which runs only while there is some."""

import logging
import os
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 0.1
"""How long after the last try the next one follows."""


class Repeater:
    """Calls functions until each returns True.

    at_end: is called in the thread before that ends.
    """

    def __init__(self, at_end: Callable[[], None]) -> None:
        self.at_end = at_end
        self.reset()
        os.register_at_fork(after_in_child=self.reset)

    def reset(self) -> None:
        """Forgets all work: a forked process has no threads, and its parent does the work."""
        self.lock = threading.Lock()
        self.tasks: set[Callable[[], bool]] = set()
        self.thread: threading.Thread | None = None

    def repeat(self, task: Callable[[], bool]) -> None:
        """Calls the task every INTERVAL_SECONDS until it returns True, from now on also if it just has.

        Without a thread, which the system may deny, it waits for the next call of this method.
        """
        with self.lock:
            self.tasks.add(task)
            if self.thread is None:
                thread = threading.Thread(target=self.run, name="cache", daemon=True)
                try:
                    thread.start()
                except RuntimeError:
                    logger.exception("There is no thread for work in the background.")
                else:
                    self.thread = thread

    def run(self) -> None:
        pause = threading.Event()
        while not pause.wait(INTERVAL_SECONDS):
            with self.lock:
                tasks, self.tasks = self.tasks, set()
            left = {task for task in tasks if not is_done(task)}
            with self.lock:
                self.tasks |= left
                if not self.tasks:
                    self.thread = None
                    self.at_end()
                    return


def is_done(task: Callable[[], bool]) -> bool:
    """Calls the task. One that fails is not repeated: its next cause starts it again."""
    try:
        return task()
    except Exception:
        logger.exception("Work in the background failed.")
        return True
