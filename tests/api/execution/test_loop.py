"""BatchLoop: callbacks and tasks on the calling thread, without ever being the running loop."""

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api.execution.loop import BatchLoop, thread_loop


def test_each_thread_has_its_own_loop() -> None:
    with ThreadPoolExecutor(1) as threads:
        other = [threads.submit(thread_loop).result() for _ in range(2)]
    assert thread_loop() is thread_loop()
    assert other[0] is other[1]
    assert other[0] is not thread_loop()


def test_it_is_never_the_running_loop() -> None:
    async def running() -> Any:
        return asyncio._get_running_loop(), threading.get_ident()

    assert thread_loop().run_until_complete(running()) == (None, threading.get_ident())
    assert not thread_loop().is_running()


def test_tasks_run_in_the_order_in_which_they_became_ready() -> None:
    loop, seen = BatchLoop(), []

    async def child(name: str) -> str:
        seen.append(f"{name} begins")
        future = loop.create_future()
        loop.call_soon(future.set_result, name)
        seen.append(f"{await future} ends")
        return name

    async def parent() -> list[str]:
        return [await task for task in [loop.create_task(child(name)) for name in "abc"]]

    assert loop.run_until_complete(parent()) == ["a", "b", "c"]
    assert seen == ["a begins", "b begins", "c begins", "a ends", "b ends", "c ends"]


def test_gather_uses_the_loop() -> None:
    async def one(number: int) -> int:
        return number

    async def both() -> list[int]:
        return await asyncio.gather(one(1), one(2))

    assert thread_loop().run_until_complete(both()) == [1, 2]


def test_a_cancelled_callback_does_not_run() -> None:
    loop, seen = BatchLoop(), []
    loop.call_soon(seen.append, "cancelled").cancel()
    loop.call_soon(seen.append, "called")
    loop.run_until_complete(asyncio.sleep(0))
    assert seen == ["called"]


def test_an_error_is_raised_unchanged() -> None:
    error = LookupError("nothing here")

    async def fail() -> None:
        raise error

    with pytest.raises(LookupError) as raised:
        BatchLoop().run_until_complete(fail())
    assert raised.value is error


def test_awaiting_something_outside_the_loop_raises_instead_of_hanging() -> None:
    loop = BatchLoop()
    with pytest.raises(RuntimeError, match="waits for something outside"):
        loop.run_until_complete(loop.create_future())
    loop.run_until_complete(asyncio.sleep(0))


def test_awaiting_a_timer_raises_instead_of_hanging() -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        BatchLoop().run_until_complete(asyncio.sleep(0.01))


def test_callbacks_left_by_a_session_do_not_run_in_the_next() -> None:
    loop, seen = BatchLoop(), []

    async def left_over() -> None:
        seen.append("awaited")

    with loop.session():
        loop.call_soon(seen.append, "left over")
        loop.call_soon(loop.create_task, left_over())
    with loop.session():
        loop.run_until_complete(asyncio.sleep(0))
    assert seen == []


def test_a_nested_session_does_not_discard_callbacks_of_the_outer_one() -> None:
    loop, seen = BatchLoop(), []
    with loop.session():
        loop.call_soon(seen.append, "outer")
        with loop.session():
            pass
        loop.run_until_complete(asyncio.sleep(0))
    assert seen == ["outer"]


def test_an_error_in_a_session_ends_it_and_discards_its_callbacks() -> None:
    loop, seen = BatchLoop(), []

    def fail() -> None:
        with loop.session():
            loop.call_soon(seen.append, "left over")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    loop.run_until_complete(asyncio.sleep(0))
    assert seen == []


def test_an_error_in_a_callback_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    loop = BatchLoop()
    loop.call_soon(lambda: 1 / 0)
    with caplog.at_level(logging.ERROR, "api.execution.loop"):
        loop.run_until_complete(asyncio.sleep(0))
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError
