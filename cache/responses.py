"""The response cache: encoded responses that are the same for all callers, for a few seconds.

A response is stored together with the generations of all that it depends on. Both are fetched in one round trip with
the current generations, and a response of other generations is a miss. So a change invalidates it with its commit, and
a reader that raced with the change stores a response that is never used.

A single-flight lock lets one request compute a missing response, while the others wait for a moment. Shortly before a
response expires, one request computes it again, while the others still get the old one.
"""

import math
import time
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from types import TracebackType
from typing import Any, Self

import orjson

from cache import generations
from cache.client import memcached

CACHE = "answers"
"""The cache's name in the settings, and its label in the metrics."""

MAX_BYTES = 128 * 1024
"""A larger response is not stored: it would evict many others."""

STALE_SOON_AFTER = 0.8
"""The share of its TTL after which one request computes a response again."""

LOCK_SECONDS = 2
"""When the single-flight lock expires. `store` leaves it: another request may have missed the response before that was
stored, and try to acquire the lock only afterwards."""

PAUSES = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032)
"""The seconds between two reads of the response that another request computes. After them, this one computes it."""


class CachedResponse:
    """The response under a key: `with find_response(…) as cached`.

    body: None on a miss. Then compute the response, and `store` it unless it has errors.
    """

    def __init__(self, key: str, names: Sequence[str], seconds: float) -> None:
        self.key = key
        self.names = names
        self.seconds = seconds
        self.body: bytes | None = None
        self.stored_at = self.fetched_at = 0.0
        self.generations: str | None = None
        self.lock: str | None = None

    @property
    def is_stale_soon(self) -> bool:
        return self.fetched_at - self.stored_at > STALE_SOON_AFTER * self.seconds

    def fetch(self) -> int:
        """Fetches the response and the current generations. Returns the number of keys whose server is unavailable."""
        self.body, self.fetched_at = None, time.time()
        responses, others = memcached(CACHE), memcached(generations.CACHE)
        pending = generations.pending_invalidations()
        value, found, errors = responses.get_with(self.key, others, self.names)
        current = generations.well_formed(found)
        if pending:
            current = {name: value for name, value in current.items() if name not in pending}
        elif len(current) < len(self.names) and not errors:
            current = generations.current_generations(self.names)
        is_known = len(current) == len(self.names)
        self.generations = " ".join(current[name] for name in self.names) if is_known else None
        if is_known:
            self.decode(value)
        return errors

    def decode(self, value: Any) -> None:
        """Uses a cached value if it is well-formed, of the current generations, and not expired."""
        if not isinstance(value, bytes):
            return
        head, _, body = value.partition(b"\n")
        with suppress(ValueError, TypeError):
            stored_generations, stored_at = orjson.loads(head)
            if stored_generations == self.generations and self.fetched_at - stored_at <= self.seconds:
                self.body, self.stored_at = body, stored_at

    def acquire_lock(self) -> bool:
        """Returns whether this request has to compute the response, even if one is cached."""
        if self.generations is None:
            return True
        replaced = self.stored_at if self.body is not None else ""
        lock = f"lock:{sha256(f'{self.key} {self.generations} {replaced}'.encode()).hexdigest()}"
        if not memcached(CACHE).add(lock, 1, timeout=math.ceil(min(LOCK_SECONDS, self.seconds))):
            return False
        self.body, self.lock = None, lock
        return True

    def store(self, body: bytes) -> None:
        """Stores the response under the generations that were current before it was computed."""
        if self.generations is not None and len(body) <= MAX_BYTES:
            value = orjson.dumps([self.generations, self.fetched_at]) + b"\n" + body
            memcached(CACHE).set(self.key, value, timeout=math.ceil(self.seconds))
            self.lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.lock is not None:  # nothing was stored: another request may try
            memcached(CACHE).delete(self.lock)


def find_response(key: str, *, generations: Sequence[str], seconds: float) -> CachedResponse:
    """Returns the response under this key, with a body if it is of the current generations and no older than `seconds`.

    generations: the names of the generations that it depends on.
    """
    cached = CachedResponse(key, generations, seconds)
    errors = cached.fetch()
    if cached.body is None:
        wait_for_other(cached)
    elif cached.is_stale_soon:
        cached.acquire_lock()
    is_hit = cached.body is not None
    memcached(CACHE).report(hits=is_hit, misses=not is_hit and not errors, errors=bool(errors))
    return cached


def wait_for_other(cached: CachedResponse) -> None:
    """Waits while another request computes the response, until that has stored it, has given up, or takes too long."""
    if cached.acquire_lock():
        return
    for pause in PAUSES:
        time.sleep(pause)
        cached.fetch()
        if cached.body is not None or cached.acquire_lock():
            return
