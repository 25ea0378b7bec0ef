"""Rate limits with a sliding window, counted in Redis for all processes together.

Without Redis, and while it is unavailable, each process counts by itself and allows its share of the rate.
"""

import logging
import math
import os
import threading
import time
from dataclasses import dataclass

from django.conf import settings
from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

from ops.redis_client import OPTIONS

logger = logging.getLogger(__name__)

REDIS_RETRY_SECONDS = 1.0
"""How long Redis is not tried after it has failed."""

CLEANUP_SECONDS = 1.0
"""How often expired counters in memory are removed."""


@dataclass(frozen=True)
class Rate:
    """A number of tokens in a sliding window of seconds; a burst may consume all of them at once.

    name: what is limited; each name has its own counters.
    """

    name: str
    tokens: int
    seconds: int

    def item(self, share: int = 1) -> RateLimitItemPerSecond:
        """Returns the rate as the library's item, divided by the number of shares."""
        return RateLimitItemPerSecond(max(1, self.tokens // share), self.seconds, namespace=self.name)


@dataclass(frozen=True)
class RateLimitResult:
    """The result of an attempt to consume tokens.

    limit: how many there are at most. remaining: how many are left. reset_seconds: until all are back.
    retry_seconds: until as many are back as were requested; 0 when they were consumed.
    """

    limit: int
    remaining: int
    reset_seconds: int
    retry_seconds: int

    @property
    def is_allowed(self) -> bool:
        return self.retry_seconds == 0


class ProcessStorage(MemoryStorage):
    """Counters in memory. The library starts a thread at nearly every hit to remove expired counters; here the first
    hit in a second removes them."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()
        self.next_cleanup_at = 0.0

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        with self.lock:
            self.remove_expired()
            self.get(key)
            self.storage[key] += amount
            if self.storage[key] == amount:
                self.expirations[key] = time.time() + expiry
            return self.storage[key]

    def decr(self, key: str, amount: int = 1) -> int:
        """Returns tokens to a counter that has not expired."""
        with self.lock:
            if key in self.storage:
                self.storage[key] = max(self.storage[key] - amount, 0)
            return self.storage[key]

    def remove_expired(self) -> None:
        if time.monotonic() >= self.next_cleanup_at:
            self.next_cleanup_at = time.monotonic() + CLEANUP_SECONDS
            for key in list(self.expirations):
                self.get(key)


class RateLimiter:
    """Consumes tokens. There is one in each process."""

    def __init__(self, url: str, *, processes: int) -> None:
        self.shared = SlidingWindowCounterRateLimiter(RedisStorage(url, **OPTIONS)) if url else None
        self.local = SlidingWindowCounterRateLimiter(ProcessStorage())
        self.processes = processes
        self.redis_retry_at = 0.0

    def consume(self, rate: Rate, *key: str, tokens: int = 1) -> RateLimitResult:
        """Consumes tokens of this key; more than the limit counts as all of them."""
        if self.shared is not None and time.monotonic() >= self.redis_retry_at:
            try:
                return consume(self.shared, rate.item(), *key, tokens=tokens)
            except RedisError:
                self.redis_retry_at = time.monotonic() + REDIS_RETRY_SECONDS
                logger.warning("Redis is unavailable: each process counts rates by itself.", exc_info=True)
        return consume(self.local, rate.item(self.processes), *key, tokens=tokens)

    def reset(self, rate: Rate, *key: str) -> None:
        """Returns all consumed tokens to this key."""
        if self.shared is not None and time.monotonic() >= self.redis_retry_at:
            try:
                self.shared.clear(rate.item(), *key)
            except RedisError:
                logger.warning("Redis is unavailable: tokens consumed there are not returned.", exc_info=True)
        self.local.clear(rate.item(self.processes), *key)


def consume(
    limiter: SlidingWindowCounterRateLimiter, item: RateLimitItemPerSecond, *key: str, tokens: int
) -> RateLimitResult:
    tokens = min(tokens, item.amount)
    is_allowed = limiter.hit(item, *key, cost=tokens)
    remaining = limiter.get_window_stats(item, *key).remaining
    seconds_per_token = item.get_expiry() / item.amount
    return RateLimitResult(
        limit=item.amount,
        remaining=remaining,
        reset_seconds=math.ceil((item.amount - remaining) * seconds_per_token),
        retry_seconds=0 if is_allowed else max(1, math.ceil((tokens - remaining) * seconds_per_token)),
    )


_lock = threading.Lock()
_rate_limiters: dict[tuple[int, str], RateLimiter] = {}


def rate_limiter() -> RateLimiter:
    """Returns the rate limiter of this process. A forked worker makes its own: connections cannot be shared."""
    key = (os.getpid(), settings.REDIS_URL)
    if key not in _rate_limiters:
        with _lock:
            _rate_limiters.setdefault(key, RateLimiter(settings.REDIS_URL, processes=settings.PROCESSES))
    return _rate_limiters[key]
