"""A change is told to a Memcached that was slow a moment ago, and does not wait for one that hangs again and again."""

import os
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from cache import connection, generations
from cache.client import cache_at
from cache.generations import current_generations, invalidate
from tests.conftest import CACHES
from tests.servers import HOST


@pytest.fixture
def hanging(settings: Any) -> Iterator[socket.socket]:
    """A Memcached that takes connections and says nothing; its socket."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        listener.setblocking(False)
        url = f"memcached://{HOST}:{listener.getsockname()[1]}"
        settings.CACHES = {name: cache_at(url, name=name) for name in CACHES}
        yield listener
        generations._owed.clear()
        for pauses in (connection._ask_again_at, connection._urge_again_at):
            pauses.pop((os.getpid(), str(listener.getsockname())), None)
        for kept in connection.connections().values():
            kept.close()


def times_asked(listener: socket.socket) -> int:
    """How often somebody has connected since the last time: each of ours does so anew after a failure."""
    number = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return number
        number += 1


def test_one_that_hangs_is_told_twice_a_second_and_not_asked(hanging: socket.socket) -> None:
    assert invalidate(["a"]) == {"a"}
    assert times_asked(hanging) == 2
    # Whoever comes within a second does not wait
    server = (os.getpid(), str(hanging.getsockname()))
    for pauses in (connection._ask_again_at, connection._urge_again_at):
        pauses[server] = time.monotonic() + 600
    assert invalidate(["b"]) == {"a", "b"}
    assert current_generations(["a", "c"]) == {}
    assert times_asked(hanging) == 0
    # After that a change is told again, whatever else is not asked
    connection._urge_again_at[server] = 0.0
    assert invalidate(["c"]) == {"a", "b", "c"}
    assert times_asked(hanging) == 1


def test_a_generation_that_is_over_once_more_is_owed_until_that_is_told(
    memcached: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CACHES = {name: cache_at(memcached, name=name) for name in CACHES}
    cache = type(generations.memcached(generations.CACHE))
    write = cache.set_many

    def write_slowly(self: Any, data: dict[str, Any], **more: Any) -> list[str]:
        failed = write(self, data, **more)
        generations._owed[os.getpid()]["a"] = object()  # somebody else has changed something meanwhile, and not told it
        return failed

    with monkeypatch.context() as patch:
        patch.setattr(cache, "set_many", write_slowly)
        assert invalidate(["a"]) == {"a"}
    assert generations.has_pending_invalidations()
    assert current_generations(["a"]).keys() == {"a"}
    assert not generations.has_pending_invalidations()
    for kept in connection.connections().values():
        kept.close()
