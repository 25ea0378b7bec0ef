"""The rate limiter: all processes share the counters in Redis; without Redis each process allows its share."""

import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from limits.strategies import SlidingWindowCounterRateLimiter
from mirakuru import TCPExecutor

from ops.rate_limit import ProcessStorage, Rate, RateLimiter
from tests.servers import HOST

RATE = Rate("test", 10, 3600)


def url(server: TCPExecutor) -> str:
    return f"redis://{HOST}:{server.port}/0"


def are_allowed(limiter: RateLimiter, *, times: int, key: str = "somebody") -> list[bool]:
    return [limiter.consume(RATE, key).is_allowed for _ in range(times)]


def test_each_key_has_its_own_tokens() -> None:
    limiter = RateLimiter("", processes=1)
    assert are_allowed(limiter, times=12) == [True] * 10 + [False] * 2
    assert are_allowed(limiter, times=1, key="somebody else") == [True]
    assert RateLimiter("", processes=1).consume(RATE, "somebody").is_allowed


def test_the_result_has_remaining_tokens_and_times() -> None:
    limiter = RateLimiter("", processes=1)
    first = limiter.consume(RATE, "a", tokens=4)
    assert (first.limit, first.remaining, first.retry_seconds) == (10, 6, 0)
    assert first.reset_seconds == 4 * 360
    refused = limiter.consume(RATE, "a", tokens=8)
    assert (refused.is_allowed, refused.remaining, refused.retry_seconds) == (False, 6, 2 * 360)


def test_consuming_more_than_the_limit_consumes_all() -> None:
    limiter = RateLimiter("", processes=1)
    assert limiter.consume(RATE, "a", tokens=1000).remaining == 0
    assert not limiter.consume(RATE, "a").is_allowed


def test_expired_counters_are_removed_without_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = ProcessStorage()
    storage.timer.join()  # which the library starts for a new storage
    monkeypatch.delattr(threading.Thread, "start")
    for number in range(100):
        storage.incr(f"somebody {number}", 0.01)
    deadline = time.monotonic() + 60
    while len(storage.storage) > 1:
        assert time.monotonic() < deadline
        time.sleep(0.05)
        storage.incr("the next one", 60)
    assert set(storage.expirations) == {"the next one"}


def test_tokens_are_returned_without_a_thread_unless_the_counter_has_expired(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    storage = ProcessStorage()
    storage.timer.join()
    monkeypatch.delattr(threading.Thread, "start")
    assert storage.incr("somebody", 60, amount=3) == 3
    assert [storage.decr("somebody", amount=amount) for amount in (1, 5)] == [2, 0]
    assert storage.decr("nobody") == 0
    assert set(storage.storage) == set(storage.expirations) == {"somebody"}


def test_tokens_are_replenished_over_time() -> None:
    limiter = RateLimiter("", processes=1)
    quick = Rate("quick", 4, 1)
    assert limiter.consume(quick, "a", tokens=4).is_allowed
    assert not limiter.consume(quick, "a").is_allowed
    deadline = time.monotonic() + 10
    while not limiter.consume(quick, "a").is_allowed:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_processes_count_together_in_redis(redis: TCPExecutor) -> None:
    one, other = (RateLimiter(url(redis), processes=2) for _ in range(2))
    assert are_allowed(one, times=6) == [True] * 6
    assert are_allowed(other, times=6) == [True] * 4 + [False] * 2


def test_concurrent_requests_get_no_more_than_the_limit(redis: TCPExecutor) -> None:
    limiter = RateLimiter(url(redis), processes=2)
    with ThreadPoolExecutor(8) as threads:
        allowed = list(threads.map(lambda _: limiter.consume(RATE, "a").is_allowed, range(50)))
    assert sum(allowed) == 10


def test_without_redis_a_process_allows_its_share() -> None:
    assert sum(are_allowed(RateLimiter("", processes=3), times=10)) == 3
    assert sum(are_allowed(RateLimiter("", processes=100), times=10)) == 1


def test_while_redis_is_unavailable_a_process_allows_its_share(redis: TCPExecutor) -> None:
    limiter = RateLimiter(url(redis), processes=2)
    assert are_allowed(limiter, times=1) == [True]
    redis.stop()
    assert sum(are_allowed(limiter, times=10)) == 5
    redis.start()
    limiter.redis_retry_at = 0
    assert sum(are_allowed(limiter, times=20)) == 10  # Redis starts without counters


def test_consumed_tokens_are_returned_also_while_redis_is_unavailable(redis: TCPExecutor) -> None:
    limiter = RateLimiter(url(redis), processes=1)
    assert sum(are_allowed(limiter, times=12)) == 10
    limiter.reset(RATE, "somebody")
    assert are_allowed(limiter, times=1) == [True]
    redis.stop()
    assert sum(are_allowed(limiter, times=12)) == 10  # now counted by the process
    limiter.redis_retry_at = 0
    limiter.reset(RATE, "somebody")
    assert are_allowed(limiter, times=1) == [True]


def test_only_one_request_waits_for_a_hanging_redis(redis: TCPExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    limiter = RateLimiter(url(redis), processes=2)
    assert are_allowed(limiter, times=1) == [True]
    hits: list[int] = []
    shared = limiter.shared
    assert isinstance(shared, SlidingWindowCounterRateLimiter)
    hit = shared.hit
    monkeypatch.setattr(shared, "hit", lambda *a, **k: hits.append(1) or hit(*a, **k))
    process = redis.process
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    try:
        assert sum(are_allowed(limiter, times=10)) == 5
        assert len(hits) == 1
    finally:
        process.send_signal(signal.SIGCONT)
    limiter.redis_retry_at = 0
    assert are_allowed(limiter, times=1) == [True]
    assert len(hits) == 2


def test_an_unreachable_redis_is_no_error() -> None:
    with socket.socket() as listener:
        listener.bind((HOST, 0))  # but does not listen
        limiter = RateLimiter(f"redis://{HOST}:{listener.getsockname()[1]}/0", processes=2)
        assert sum(are_allowed(limiter, times=10)) == 5
