"""An invalidation is sent to a Memcached that has just failed, and does not wait for one that keeps hanging."""

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
    """The socket of a Memcached that accepts connections and never responds."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        listener.setblocking(False)
        url = f"memcached://{HOST}:{listener.getsockname()[1]}"
        settings.CACHES = {name: cache_at(url, name=name) for name in CACHES}
        yield listener
        generations._pending.clear()
        for pauses in (connection._retry_at, connection._urgent_retry_at):
            pauses.pop((os.getpid(), str(listener.getsockname())), None)
        for client in connection.connections().values():
            client.close()


def connections_since_last_call(listener: socket.socket) -> int:
    """The number of connections since the last call: a client opens a new one after each failure."""
    number = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return number
        number += 1


def test_a_hanging_server_gets_two_invalidations_a_second_and_no_reads(hanging: socket.socket) -> None:
    assert invalidate(["a"]) == {"a"}
    assert connections_since_last_call(hanging) == 2
    # Within a second, neither reads nor invalidations wait for it
    server = (os.getpid(), str(hanging.getsockname()))
    for pauses in (connection._retry_at, connection._urgent_retry_at):
        pauses[server] = time.monotonic() + 600
    assert invalidate(["b"]) == {"a", "b"}
    assert current_generations(["a", "c"]) == {}
    assert connections_since_last_call(hanging) == 0
    # After that an invalidation is sent again, though reads are not
    connection._urgent_retry_at[server] = 0.0
    assert invalidate(["c"]) == {"a", "b", "c"}
    assert connections_since_last_call(hanging) == 1


def test_an_invalidation_during_another_one_stays_pending_until_it_is_sent(
    memcached: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CACHES = {name: cache_at(memcached, name=name) for name in CACHES}
    cache = type(generations.memcached(generations.CACHE))
    write = cache.set_many

    def write_slowly(self: Any, data: dict[str, Any], **more: Any) -> list[str]:
        failed = write(self, data, **more)
        # Another change is committed meanwhile, and its invalidation is not sent.
        generations._pending[os.getpid()]["a"] = object()
        return failed

    with monkeypatch.context() as patch:
        patch.setattr(cache, "set_many", write_slowly)
        assert invalidate(["a"]) == {"a"}
    assert generations.has_pending_invalidations()
    assert current_generations(["a"]).keys() == {"a"}
    assert not generations.has_pending_invalidations()
    for client in connection.connections().values():
        client.close()
