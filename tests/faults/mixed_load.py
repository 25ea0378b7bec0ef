"""A mixed load of writers and readers in processes of their own. Every response is compared with the history of
acknowledged changes."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier, Event
from typing import Any

from tests.faults.calendars import Calendars, Writable, read_until
from tests.faults.full_run import IS_FULL_RUN
from tests.faults.history import Change, History, Read
from tests.faults.report import Report
from tests.faults.stack import Stack
from tests.faults.writer import Writer

NGINX_SECONDS = 1.0
"""The promise through nginx, which serves a cached response only within the same second of its clock."""

CLOCK_SECONDS = 0.05
"""How late nginx's clock may be, which it reads once for all events that have arrived meanwhile."""

WRITERS = READERS = 3
CHANGES = 60 if IS_FULL_RUN else 20
"""How many changes each writer makes."""

AT_ONCE = "the same key three times at once"


@contextmanager
def repeatedly(begin: Callable[[], object], end: Callable[[], object]) -> Iterator[None]:
    """Begins and ends a fault again and again, until the block ends."""
    is_over = threading.Event()

    def repeat() -> None:
        while not is_over.wait(random.uniform(0.3, 1.5)):
            begin()
            is_over.wait(random.uniform(0.1, 1.5))
            end()

    with ThreadPoolExecutor(1) as threads:
        repeating = threads.submit(repeat)
        try:
            yield
        finally:
            is_over.set()
            repeating.result()


@contextmanager
def measure_lateness() -> Iterator[list[float]]:
    """Yields by how many seconds a thread that sleeps was waked too late: what a loaded machine adds to every promise
    of nginx."""
    late = [0.0]
    is_over = threading.Event()

    def measure() -> None:
        while not is_over.is_set():
            began = time.monotonic()
            time.sleep(0.005)
            late.append(time.monotonic() - began - 0.005)

    with ThreadPoolExecutor(1) as threads:
        threads.submit(measure)
        try:
            yield late
        finally:
            is_over.set()


def initialise(barrier: Barrier, event: Event) -> None:
    """Prepares a process: all begin at the barrier, and readers go on until the event, when the writers are done."""
    global start, is_over
    start, is_over = barrier, event


def write(calendars: Calendars, writable: Writable, **options: Any) -> tuple[list[Change], Counter[str]]:
    writer = Writer(calendars, writable, **options)
    start.wait()
    writer.write(CHANGES)
    return writer.changes, writer.done


def read(calendars: Calendars, port: int, by_get: bool) -> list[Read]:
    start.wait()
    return read_until(is_over.is_set, calendars, port, by_get=by_get)


class Processes:
    """The processes of writers and readers, which start once: that takes about as long as a test."""

    def __init__(self) -> None:
        context = get_context("spawn")  # monotonic clocks are the machine's, so those of several processes agree
        number = WRITERS + READERS
        barrier, self.is_over = context.Barrier(number), context.Event()
        self.pool = ProcessPoolExecutor(
            number, mp_context=context, initializer=initialise, initargs=(barrier, self.is_over)
        )

    def run(
        self, writers: Sequence[Callable[[], Any]], readers: Sequence[Callable[[], Any]]
    ) -> tuple[list[Any], list[Any]]:
        """Returns what the writers returned, and what the readers did, which go on as long."""
        self.is_over.clear()
        try:
            reading = [self.pool.submit(one) for one in readers]
            writing = [self.pool.submit(one) for one in writers]
            written = [one.result() for one in writing]
        finally:
            self.is_over.set()
        return written, [one.result() for one in reading]


def check_freshness(
    stack: Stack,
    calendars: Calendars,
    processes: Processes,
    report: Report,
    fault: str,
    context: AbstractContextManager[object],
) -> None:
    """Asserts that no response is older than promised. context: causes the fault, which has this name."""
    environment = stack.environment
    nginx, app = int(environment["NGINX_PORT"]), int(environment["APP_PORT"])
    options = {"port": app, "database_url": environment["DATABASE_URL"], "at_once": fault == AT_ONCE}
    writers = [partial(write, calendars, one, **options) for one in calendars.writable]
    readers = [partial(read, calendars, *reader) for reader in ((app, False), (app, False), (nginx, True))]
    with measure_lateness() as late, context:
        written, found = processes.run(writers, readers)
    history = History(calendars.initial)
    for changes, _ in written:
        history.add(changes)
    ages = [[history.age(one) for one in reads] for reads in found]
    app_ages, nginx_ages = [*ages[0], *ages[1]], ages[2]
    number = sum(sum(done.values()) for _, done in written)
    print(sum((done for _, done in written), Counter[str]()), f"{max(late):.3f} s late", sep=", ")
    report.add_ages(fault, changes=number, app=app_ages, nginx=nginx_ages)

    assert number >= WRITERS * CHANGES
    assert min(len(app_ages), len(nginx_ages)) > 20
    assert [age for age in app_ages if age > 0] == []
    assert max(nginx_ages) <= NGINX_SECONDS + CLOCK_SECONDS + max(late)
