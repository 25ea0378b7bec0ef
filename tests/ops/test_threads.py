"""A pool of which one thread works while it keeps the CPU busy, and more while all that they do is wait."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from ops import threads
from ops.threads import WINDOW_SECONDS, Threads

SIZE = 4


class Clock:
    """What the pool takes for the time, and for what its process has used of a CPU."""

    def __init__(self) -> None:
        self.now = self.used = 0.0

    def monotonic(self) -> float:
        return self.now

    def process_time(self) -> float:
        return self.used

    def pass_window(self, share: float) -> None:
        """A window goes by, in which so much of a CPU was in use."""
        self.now += 1.01 * WINDOW_SECONDS
        self.used += share * 1.01 * WINDOW_SECONDS


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(threads, "time", clock)
    return clock


@pytest.fixture
def over() -> Iterator[threading.Event]:
    """What blocked jobs wait for; a test that fails leaves none behind."""
    over = threading.Event()
    yield over
    over.set()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def results(jobs: list["Future[Any]"]) -> list[Any]:
    return [job.result(60) for job in jobs]


def test_what_is_submitted_is_run_and_told_of() -> None:
    pool = Threads(SIZE)
    assert results([pool.submit(divmod, number, 3) for number in range(9)]) == [divmod(n, 3) for n in range(9)]
    done = threading.Event()
    pool.submit(int).add_done_callback(lambda _: done.set())
    assert done.wait(60)


@pytest.mark.parametrize("error", [ValueError, SystemExit])
def test_an_error_is_told_of_and_ends_no_thread(error: type[BaseException]) -> None:
    def fail() -> None:
        raise error("no")

    pool = Threads(1)
    for _ in range(3):
        with pytest.raises(error, match="no"):
            pool.submit(fail).result(60)
    assert pool.submit(int).result(60) == 0


def test_what_a_job_was_given_and_made_does_not_outlive_it() -> None:
    class Connection:
        pass

    ended = threading.Event()

    def submit() -> None:
        connection = Connection()
        pool.submit(list, [connection]).add_done_callback(lambda _: None)

    Connection.__del__ = lambda _: ended.set()  # type: ignore[attr-defined]
    pool = Threads(1)
    submit()
    assert ended.wait(60)


def test_one_thread_does_all_while_the_cpu_is_busy(clock: Clock) -> None:
    pool, turn = Threads(SIZE), threading.Semaphore(0)

    def work() -> int:
        turn.acquire()
        sum(range(1000))
        return threading.get_ident()

    jobs = [pool.submit(work) for _ in range(50)]
    idents = set()
    for number, job in enumerate(jobs[:-1], start=1):
        turn.release()
        idents.add(job.result(60))
        wait_until(lambda number=number: pool.begun > number)  # type: ignore[misc]
        assert pool.are_behind == (number < len(jobs) - 1)
        clock.pass_window(share=0.9)
        pool.adjust()
        assert pool.at_work == 1
    turn.release()
    assert {*idents, jobs[-1].result(60)} == idents
    assert len(idents) == 1


def test_who_waits_for_the_cpu_brings_nobody_in_before_the_window_is_over(clock: Clock, over: threading.Event) -> None:
    pool = Threads(SIZE)
    for _ in range(2):
        pool.submit(over.wait)
    for _ in range(10):
        clock.now += WINDOW_SECONDS / 20
        pool.adjust()
    assert pool.at_work == 1


def test_jobs_that_wait_for_one_another_get_company(over: threading.Event) -> None:
    """With the true clock: nothing at all goes on until a second one joins."""
    pool = Threads(SIZE)
    first = pool.submit(over.wait, 60)
    second = pool.submit(over.set)

    def is_done() -> bool:
        pool.adjust()
        return second.done()

    wait_until(is_done)
    assert first.result(60) is True


def test_others_join_while_the_cpu_has_time_to_spare_though_jobs_are_done(clock: Clock) -> None:
    pool, turn = Threads(SIZE), threading.Semaphore(0)
    for _ in range(SIZE + 1):
        pool.submit(turn.acquire)
    wait_until(lambda: pool.begun == 1)
    turn.release()
    wait_until(lambda: pool.begun == 2)
    clock.pass_window(share=0.4)
    pool.adjust()
    assert pool.at_work == 2
    wait_until(lambda: pool.begun == 3)
    for _ in range(SIZE):
        turn.release()


def test_nobody_joins_where_nothing_waits(clock: Clock) -> None:
    pool = Threads(SIZE)
    assert pool.submit(int).result(60) == 0
    for _ in range(5):
        clock.pass_window(share=0)
        pool.adjust()
    assert pool.at_work == 1


def test_there_are_never_more_than_its_size(clock: Clock, over: threading.Event) -> None:
    pool = Threads(SIZE)
    jobs = [pool.submit(over.wait) for _ in range(3 * SIZE)]
    for _ in range(3 * SIZE):
        clock.pass_window(share=0)
        pool.adjust()
    wait_until(lambda: pool.begun == SIZE)
    assert pool.at_work == SIZE
    assert [job.done() for job in jobs] == [False] * 3 * SIZE
    assert pool.jobs.qsize() == 2 * SIZE
    over.set()
    assert results(jobs) == [True] * 3 * SIZE


def test_who_joined_leaves_again_once_the_cpu_is_busy(clock: Clock, over: threading.Event) -> None:
    # Given a pool of which all are at work
    pool, ready = Threads(SIZE), threading.Barrier(SIZE)
    waiting = [pool.submit(over.wait) for _ in range(SIZE)]
    for _ in range(SIZE):
        clock.pass_window(share=0)
        pool.adjust()
    over.set()
    results(waiting)
    together = [pool.submit(ready.wait, 60) for _ in range(SIZE)]
    assert sorted(results(together)) == list(range(SIZE))
    # When the CPU is busy for a few windows
    for left in (3, 2, 1, 1):
        clock.pass_window(share=0.95)
        pool.adjust()
        assert pool.at_work == left
    # Then each of the others does its job and no more, and one does the rest
    results([pool.submit(int) for _ in range(SIZE)])
    over.clear()
    begun = pool.begun
    waiting = [pool.submit(over.wait) for _ in range(SIZE)]
    wait_until(lambda: pool.begun > begun)
    time.sleep(0.05)  # in which more would begin
    assert pool.jobs.qsize() == SIZE - 1
    # And they are there when they are needed once more
    for _ in range(SIZE):
        clock.pass_window(share=0)
        pool.adjust()
    wait_until(lambda: pool.jobs.empty())
    over.set()
    results(waiting)
