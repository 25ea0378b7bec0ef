"""Several Memcacheds, of which one is away: what is over on the others is over for everybody."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches

from reservation.cache import generation
from reservation.cache.connection import connections
from reservation.cache.generation import generations, renew
from reservation.cache.memcached import cache_at
from tests.conftest import CACHES
from tests.servers import HOST, free_port


@pytest.fixture
def one_of_two(memcached: str, settings: Any) -> Iterator[None]:
    """Two servers, the second of which is away."""
    url = f"{memcached},{HOST}:{free_port()}"
    settings.MEMCACHED_URL = url
    settings.CACHES = {name: cache_at(url, name=name) for name in CACHES}
    yield
    generation._owed.clear()
    for kept in connections().values():
        kept.close()


def test_what_cannot_be_told_to_one_server_does_not_keep_others_from_being_told(one_of_two: None) -> None:
    names = [f"calendar:{pk}" for pk in range(40)]
    living = [name for name in names if generations([name])]
    away = [name for name in names if name not in living]
    assert living
    assert away
    # What stands on the server that is away comes first
    failed = caches["generations"].set_many(dict.fromkeys([*away, *living], "new"), timeout=None)
    assert [name for name in living if caches["generations"].get(name) != "new"] == []
    assert sorted(failed) == sorted(away)


def test_what_is_kept_on_other_servers_is_read_though_one_is_away(one_of_two: None) -> None:
    names = [f"calendar:{pk}" for pk in range(40)]
    living = {name for name in names if generations([name])}
    assert 0 < len(living) < len(names)
    renew(names)
    assert generations(names).keys() == living
