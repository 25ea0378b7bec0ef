"""How much somebody may do in a while, counted in Redis for all processes together.

Without Redis, and while it is away, each process counts for itself and allows its share: less, never everything.
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

PAUSE_SECONDS = 1.0
"""For how long Redis is not asked again after it has failed, and what has expired is not looked for."""


@dataclass(frozen=True)
class Rate:
    """So many tokens in so many seconds, in a window that slides; the tokens that a burst may take at once.

    name: what is counted; each name has counters of its own.
    """

    name: str
    tokens: int
    seconds: int

    def item(self, share: int = 1) -> RateLimitItemPerSecond:
        """The rate as the library has it, or one of so many equal shares of it."""
        return RateLimitItemPerSecond(max(1, self.tokens // share), self.seconds, namespace=self.name)


@dataclass(frozen=True)
class RateLimitResult:
    """What became of an attempt to take tokens.

    limit: how many there are at most. remaining: how many are left. reset_seconds: until all are back.
    retry_seconds: until as many are back as were asked for; 0 when they were there.
    """

    limit: int
    remaining: int
    reset_seconds: int
    retry_seconds: int

    @property
    def is_allowed(self) -> bool:
        return self.retry_seconds == 0


class ProcessStorage(MemoryStorage):
    """Counts in memory. The library starts a thread, at nearly every hit, that looks through all that is counted; here
    whoever comes first in a second does."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()
        self.look_again_at = 0.0

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        with self.lock:
            self.forget_expired()
            self.get(key)
            self.storage[key] += amount
            if self.storage[key] == amount:
                self.expirations[key] = time.time() + expiry
            return self.storage[key]

    def decr(self, key: str, amount: int = 1) -> int:
        """Give tokens back to a counter, if there still is one."""
        with self.lock:
            if key in self.storage:
                self.storage[key] = max(self.storage[key] - amount, 0)
            return self.storage[key]

    def forget_expired(self) -> None:
        if time.monotonic() >= self.look_again_at:
            self.look_again_at = time.monotonic() + PAUSE_SECONDS
            for key in list(self.expirations):
                self.get(key)


class RateLimiter:
    """Counts what is taken. Made once a process."""

    def __init__(self, url: str, *, processes: int) -> None:
        self.shared = SlidingWindowCounterRateLimiter(RedisStorage(url, **OPTIONS)) if url else None
        self.local = SlidingWindowCounterRateLimiter(ProcessStorage())
        self.processes = processes
        self.ask_again_at = 0.0

    def consume(self, rate: Rate, *key: str, tokens: int = 1) -> RateLimitResult:
        """Take tokens of whoever this key names; more than there are at most counts as all of them."""
        if self.shared is not None and time.monotonic() >= self.ask_again_at:
            try:
                return consume(self.shared, rate.item(), *key, tokens=tokens)
            except RedisError:
                self.ask_again_at = time.monotonic() + PAUSE_SECONDS
                logger.warning("Redis is away: each process counts rates for itself.", exc_info=True)
        return consume(self.local, rate.item(self.processes), *key, tokens=tokens)

    def forget(self, rate: Rate, *key: str) -> None:
        """Give back all that was taken of whoever this key names."""
        if self.shared is not None and time.monotonic() >= self.ask_again_at:
            try:
                self.shared.clear(rate.item(), *key)
            except RedisError:
                logger.warning("Redis is away: what was taken there stays taken.", exc_info=True)
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
    """This process's. A worker that was forked makes its own: a connection is not to be shared."""
    key = (os.getpid(), settings.REDIS_URL)
    if key not in _rate_limiters:
        with _lock:
            _rate_limiters.setdefault(key, RateLimiter(settings.REDIS_URL, processes=settings.PROCESSES))
    return _rate_limiters[key]
