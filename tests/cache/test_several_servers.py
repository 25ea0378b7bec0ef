"""Several Memcacheds, of which one is away: what is over on the others is over for everybody."""

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
    """Two servers, the second of which is away."""
    url = f"{memcached},{HOST}:{free_port()}"
    settings.MEMCACHED_URL = url
    settings.CACHES = {name: cache_at(url, name=name) for name in CACHES}
    yield
    generations._pending.clear()
    for kept in connections().values():
        kept.close()


def test_what_cannot_be_told_to_one_server_does_not_keep_others_from_being_told(one_of_two: None) -> None:
    names = [f"calendar:{pk}" for pk in range(40)]
    living = [name for name in names if current_generations([name])]
    away = [name for name in names if name not in living]
    assert living
    assert away
    # What stands on the server that is away comes first
    failed = caches["generations"].set_many(dict.fromkeys([*away, *living], "new"), timeout=None)
    assert [name for name in living if caches["generations"].get(name) != "new"] == []
    assert sorted(failed) == sorted(away)


def test_what_is_kept_on_other_servers_is_read_though_one_is_away(one_of_two: None) -> None:
    names = [f"calendar:{pk}" for pk in range(40)]
    living = {name for name in names if current_generations([name])}
    assert 0 < len(living) < len(names)
    invalidate(names)
    assert current_generations(names).keys() == living


def test_what_was_made_of_old_days_while_one_was_away_ends_when_that_hears_of_it(
    rows: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Memcached.set_many
    away = {"calendar:1"}

    def set_many(self: Memcached, data: dict[str, Any], *arguments: Any, **options: Any) -> list[str]:
        there = {name: value for name, value in data.items() if name not in away}
        return [*(data.keys() & away), *write(self, there, *arguments, **options)]

    monkeypatch.setattr(Memcached, "set_many", set_many)
    # Given a change of which one of two servers was told nothing
    former = current_generations(["calendar:1", ALL_CALENDARS])
    invalidate_calendars([1])
    owed = dict(generations._pending)
    # And another process, which knows nothing of that, and keeps an answer for which it has read the calendar
    generations._pending.clear()
    assert current_generations(["calendar:1"]) == {"calendar:1": former["calendar:1"]}
    assert current_generations([ALL_CALENDARS]) != {ALL_CALENDARS: former[ALL_CALENDARS]}
    with find_response("key", generations=[ALL_CALENDARS], seconds=60) as answer:
        answer.store(b"made of old days")
    assert find_response("key", generations=[ALL_CALENDARS], seconds=60).body is not None
    # When the server is told
    generations._pending.update(owed)
    away.clear()
    assert invalidate(()) == set()
    # Then the answer has ended
    assert find_response("key", generations=[ALL_CALENDARS], seconds=60).body is None
