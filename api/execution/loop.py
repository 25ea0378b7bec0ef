"""An event loop for loaders inside a synchronous worker thread.

`BatchLoop` runs callbacks and tasks on the calling thread, but never becomes asyncio's *running* loop. A running one
would change the thread's database connection, and so leave its transaction: Django keeps connections in an asgiref
`Local(thread_critical=True)`. There is no selector: a coroutine that waits for real I/O, a timer or another thread
cannot finish here, which is an error.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable
from contextlib import contextmanager
from contextvars import Context
from typing import Any, TypeVar

T = TypeVar("T")

logger = logging.getLogger(__name__)


class BatchLoop(asyncio.AbstractEventLoop):
    def __init__(self) -> None:
        self._ready: deque[asyncio.Handle] = deque()
        self._sessions = 0

    # --- What asyncio.Future, asyncio.Task, asyncio.gather and aiodataloader need of a loop ---------------------------

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return False

    def is_closed(self) -> bool:
        return False

    def create_future(self) -> "asyncio.Future[Any]":
        return asyncio.Future(loop=self)

    def create_task(self, coro: Any, **options: Any) -> "asyncio.Task[Any]":
        return asyncio.Task(coro, loop=self, **options)

    def call_soon(self, callback: Callable[..., Any], *args: Any, context: Context | None = None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        logger.error(context.get("message"), exc_info=context.get("exception"))

    # --- Driving it --------------------------------------------------------------------------------------------------

    @contextmanager
    def session(self) -> Generator[None]:
        """One request. Callbacks that are left at its end are discarded, so that they do not run in the next one."""
        self._sessions += 1
        asyncio.set_event_loop(self)  # each time: another loop that ran on this thread has unset it
        try:
            yield
        finally:
            self._sessions -= 1
            if not self._sessions:
                for handle in self._ready:
                    close_coroutines(handle._args or ())
                self._ready.clear()

    def drain(self) -> None:
        """Run the ready callbacks, and those that become ready meanwhile, until none is left."""
        while self._ready:
            handle = self._ready.popleft()
            if not handle.cancelled():
                handle._run()

    def run_until_complete(  # pyright: ignore[reportIncompatibleMethodOverride] - takes no generator
        self, future: Awaitable[T] | Coroutine[Any, Any, T]
    ) -> T:
        """The result of the awaitable, after running everything that it waits for.

        Raises RuntimeError when it waits for something outside this loop.
        """
        task = asyncio.ensure_future(future, loop=self)
        self.drain()
        if not task.done():
            task.cancel()
            raise RuntimeError("A resolver waits for something outside the BatchLoop.")
        return task.result()


def close_coroutines(values: Iterable[Any]) -> None:
    """Close the coroutines among these values, which will never be awaited."""
    for value in values:
        if asyncio.iscoroutine(value):
            value.close()


_local = threading.local()


def thread_loop() -> BatchLoop:
    """This thread's loop; in a session also its `asyncio.get_event_loop()`, which aiodataloader and gather use."""
    try:
        loop: BatchLoop = _local.loop
    except AttributeError:
        loop = _local.loop = BatchLoop()
    return loop
