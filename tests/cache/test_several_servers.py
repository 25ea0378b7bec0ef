"""Several Memcached servers, one of which is unavailable: an invalidation on the others holds for all processes."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches

from cache import generations
from cache.client import Memcached, cache_at
from cache.connection import connections
from cache.generations import current_generations, invalidate
from cache.invalidation import ALL_CALENDARS, invalidate_calendars
from cache.responses import find_response
from tests.conftest import CACHES
from tests.servers import HOST, free_port


@pytest.fixture
def one_of_two(memcached: str, settings: Any) -> Iterator[None]:
    """Two servers, the second of which is unavailable."""
    url = f"{memcached},{HOST}:{free_port()}"
    settings.MEMCACHED_URL = url
    settings.CACHES = {name: cache_at(url, name=name) for name in CACHES}
    yield
    generations._pending.clear()
    for client in connections().values():
        client.close()


def test_an_unavailable_server_does_not_prevent_writes_to_the_others(one_of_two: None) -> None:
    names = [f"calendar:{pk}" for pk in range(40)]
    available = [name for name in names if current_generations([name])]
    unavailable = [name for name in names if name not in available]
    assert available
    assert unavailable
    # The keys of the unavailable server come first
    failed = caches["generations"].set_many(dict.fromkeys([*unavailable, *available], "new"), timeout=None)
    assert [name for name in available if caches["generations"].get(name) != "new"] == []
    assert sorted(failed) == sorted(unavailable)


def test_generations_on_available_servers_are_read_while_one_is_unavailable(one_of_two: None) -> None:
    names = [f"calendar:{pk}" for pk in range(40)]
    available = {name for name in names if current_generations([name])}
    assert 0 < len(available) < len(names)
    invalidate(names)
    assert current_generations(names).keys() == available


def test_a_response_of_an_outdated_calendar_is_invalidated_by_the_pending_invalidation(
    rows: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Memcached.set_many
    unavailable = {"calendar:1"}

    def set_many(self: Memcached, data: dict[str, Any], *arguments: Any, **options: Any) -> list[str]:
        received = {name: value for name, value in data.items() if name not in unavailable}
        return [*(data.keys() & unavailable), *write(self, received, *arguments, **options)]

    monkeypatch.setattr(Memcached, "set_many", set_many)
    # Given an invalidation that one of two servers has not received
    former = current_generations(["calendar:1", ALL_CALENDARS])
    invalidate_calendars([1])
    pending = dict(generations._pending)
    # And another process without pending invalidations, which caches a response that it made of the calendar
    generations._pending.clear()
    assert current_generations(["calendar:1"]) == {"calendar:1": former["calendar:1"]}
    assert current_generations([ALL_CALENDARS]) != {ALL_CALENDARS: former[ALL_CALENDARS]}
    with find_response("key", generations=[ALL_CALENDARS], seconds=60) as response:
        response.store(b"made of an outdated calendar")
    assert find_response("key", generations=[ALL_CALENDARS], seconds=60).body is not None
    # When the pending invalidation is sent
    generations._pending.update(pending)
    unavailable.clear()
    assert invalidate(()) == set()
    # Then the response is invalidated
    assert find_response("key", generations=[ALL_CALENDARS], seconds=60).body is None
