"""Counts over time, in windows of steps."""

from datetime import UTC, datetime

import pytest
from mirakuru import TCPExecutor
from redis import Redis

from ops.metrics import DAY, HOUR, Counts, History, families
from ops.metrics.redis_store import RedisStore
from ops.metrics.store import Batch, LocalStore, Store
from ops.metrics.windows import Window
from tests.ops.metrics.conftest import url_of

NOW = datetime(2030, 5, 6, 12, 7, 30, tzinfo=UTC).timestamp()
MINUTES_AGO = (0, 1, 14, 59, 60, 61, 23 * 60 + 50, 24 * 60 + 1)
"""When something was counted: around the bounds of the last hour and of the last day."""


@pytest.fixture(params=["process", "redis"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "process":
        return LocalStore()
    return RedisStore(url_of(request.getfixturevalue("redis")))


def fill(store: Store) -> None:
    for number, minutes in enumerate(reversed(MINUTES_AGO), start=1):
        counts = Counts()
        counts.count(families.RESERVATIONS, "held")
        store.write(Batch("a", number, NOW - 60 * minutes, counts))


def steps_with_counts(store: Store, window: Window) -> list[int]:
    """For each count, how many steps ago it was."""
    steps = reversed(store.history(window, now=NOW))
    return [ago for ago, counts in enumerate(steps) for _ in range(sum(counts.values()))]


def test_the_last_hour_has_steps_of_a_minute(store: Store) -> None:
    fill(store)
    assert steps_with_counts(store, HOUR) == [0, 1, 14, 59]
    assert sum(store.total().values()) == len(MINUTES_AGO)


def test_the_last_day_has_steps_of_a_quarter_hour(store: Store) -> None:
    fill(store)
    assert steps_with_counts(store, DAY) == [0, 0, 1, 4, 4, 4, 95]


def test_a_history_has_its_steps_and_its_length() -> None:
    store = LocalStore()
    fill(store)
    history = History(HOUR, NOW, store.history(HOUR, now=NOW))
    assert history.counts.of(families.RESERVATIONS) == {("held",): 4}
    assert history.seconds == 59 * 60 + 30
    assert (len(history.starts), len(history.steps)) == (60, 60)
    assert history.starts[0] == datetime(2030, 5, 6, 11, 8, tzinfo=UTC)
    assert history.starts[-1] == datetime(2030, 5, 6, 12, 7, tzinfo=UTC)


def test_the_local_store_keeps_only_the_steps_of_windows() -> None:
    store = LocalStore()
    for minute in range(3 * 24 * 60):
        store.write(Batch("a", minute, NOW + 60 * minute, Counts({("reservations_total", "held"): 1})))
    assert {window.step: len(steps) for window, steps in store.steps.items()} == {"minute": 60, "quarter": 96}
    assert sum(store.total().values()) == 3 * 24 * 60


def test_steps_in_redis_expire_and_the_total_does_not(redis: TCPExecutor) -> None:
    fill(RedisStore(url_of(redis)))
    with Redis.from_url(url_of(redis)) as client:
        ttls = {key.decode().rsplit(":", 1)[0]: client.ttl(key) for key in client.scan_iter()}
    assert ttls.pop("metrics") == -1  # the total
    assert ttls == {
        "metrics:minute": pytest.approx(2 * 3600, abs=60),
        "metrics:quarter": pytest.approx(26 * 3600, abs=60),
        "metrics:process": pytest.approx(3600, abs=60),
    }
