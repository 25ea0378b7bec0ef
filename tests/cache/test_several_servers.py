"""Several Memcached servers, one of which is unavailable: an invalidation on the others holds for all processes."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches

from cache.client import cache_at
from cache.connection import close_connections
from cache.generations import current_generations, invalidate
from tests.cache.conftest import forget_failures
from tests.conftest import CACHES
from tests.servers import HOST, free_port


@pytest.fixture
def one_of_two(memcached: str, settings: Any) -> Iterator[None]:
    """Two servers, the second of which is unavailable."""
    url = f"{memcached},{HOST}:{free_port()}"
    settings.MEMCACHED_URL = url
    settings.CACHES = {name: cache_at(url, name=name) for name in CACHES}
    forget_failures()
    yield
    forget_failures()
    close_connections()


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
