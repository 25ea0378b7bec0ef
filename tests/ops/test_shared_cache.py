"""The cache of allauth's counts: processes share it in Redis; without Redis each process goes on by itself."""

import signal
from collections.abc import Callable

import pytest
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from mirakuru import TCPExecutor
from redis import Redis

from ops import shared_cache
from ops.shared_cache import SharedCache
from tests.servers import HOST
from tests.settings.test_environment import settings_with


@pytest.fixture(autouse=True)
def _no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    LocMemCache("shared", {}).clear()
    monkeypatch.setattr(SharedCache, "redis_retry_at", 0.0)
    monkeypatch.setattr(shared_cache, "REDIS_RETRY_SECONDS", 0.0)


def cache_in(redis: TCPExecutor) -> SharedCache:
    return SharedCache(f"redis://{HOST}:{redis.port}/0", {})


def test_processes_share_values_in_redis(redis: TCPExecutor) -> None:
    one, other = cache_in(redis), cache_in(redis)
    one.set("history", [1.5, 2.25], 60)
    assert other.get("history") == [1.5, 2.25]
    assert (other.add("lock", True, 60), one.add("lock", True, 60)) == (True, False)
    other.delete("lock")
    assert one.add("lock", True, 60)
    assert one.local.get("history") is None


def test_values_in_redis_are_json_and_expire(redis: TCPExecutor) -> None:
    cache_in(redis).set("history", [1.5], 60)
    client = Redis(host=HOST, port=redis.port)
    [key] = client.keys()
    assert client.get(key) == b"[1.5]"
    assert 0 < client.ttl(key) <= 60


def stop(redis: TCPExecutor) -> None:
    redis.stop()


def hang(redis: TCPExecutor) -> None:
    redis.process.send_signal(signal.SIGSTOP)  # type: ignore[union-attr]


@pytest.mark.parametrize("fault", [stop, hang])
def test_while_redis_is_away_each_process_goes_on_by_itself(
    fault: Callable[[TCPExecutor], None], redis: TCPExecutor
) -> None:
    cache = cache_in(redis)
    cache.set("history", [1.5], 60)
    fault(redis)
    try:
        assert cache.get("history", []) == []
        cache.set("history", [2.5], 60)
        assert (cache.get("history"), cache.add("history", True)) == ([2.5], False)
    finally:
        if redis.process:
            redis.process.send_signal(signal.SIGCONT)


def test_redis_is_used_again_when_it_is_back(redis: TCPExecutor) -> None:
    cache = cache_in(redis)
    cache.set("history", [1.5], 60)
    redis.process.send_signal(signal.SIGSTOP)  # type: ignore[union-attr]
    try:
        assert cache.get("history") is None
    finally:
        redis.process.send_signal(signal.SIGCONT)  # type: ignore[union-attr]
    assert any(cache.get("history") == [1.5] for _ in range(1000))


def test_clearing_leaves_what_else_is_in_redis(redis: TCPExecutor) -> None:
    client = Redis(host=HOST, port=redis.port)
    client.set("metrics", 1)
    cache_in(redis).clear()
    assert client.get("metrics") == b"1"


def test_a_process_does_not_forget_a_count_because_others_are_many() -> None:
    cache = SharedCache("", {})
    cache.set("history", [1.5], 60)
    for number in range(1000):
        cache.set(f"somebody-{number}", [1.5], 60)
    assert cache.get("history") == [1.5]


@pytest.mark.parametrize("url", ["", "redis://redis:6379/0"])
def test_allauths_counts_do_not_depend_on_memcached(url: str) -> None:
    settings = settings_with(MEMCACHED_URL="memcached://memcached:11211", REDIS_URL=url)
    assert f"'default': {{'BACKEND': 'ops.shared_cache.SharedCache', 'LOCATION': '{url}'}}" in settings
    assert isinstance(caches["default"], SharedCache)
