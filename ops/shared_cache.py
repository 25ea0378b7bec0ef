"""A Django cache for what must hold while a cache is away: allauth's rate limits, and codes that were used.

Processes share it in Redis. Without Redis, and while it is unavailable, each process stores for itself.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

import orjson
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from ops.rate_limit import REDIS_RETRY_SECONDS
from ops.redis_client import OPTIONS

logger = logging.getLogger(__name__)

MAX_LOCAL_ENTRIES = 10_000
"""How much a process stores; what was not used for longest goes. Django's 300 could be filled to forget a count."""


class JsonSerializer:
    """Values in Redis are JSON, so that nobody who can write there can make this process run code."""

    def dumps(self, value: Any) -> bytes:
        return orjson.dumps(value)

    def loads(self, stored: bytes) -> Any:
        return orjson.loads(stored)


def with_fallback(name: str) -> Callable[..., Any]:
    """Returns the method of this name, of Redis or of the process's own cache."""

    def method(self: "SharedCache", *arguments: Any, **options: Any) -> Any:
        if self.is_shared and time.monotonic() >= SharedCache.redis_retry_at:
            try:
                return getattr(RedisCache, name)(self, *arguments, **options)
            except RedisError:
                SharedCache.redis_retry_at = time.monotonic() + REDIS_RETRY_SECONDS
                logger.warning("Redis is unavailable: each process counts attempts by itself.", exc_info=True)
        return getattr(self.local, name)(*arguments, **options)

    return method


class SharedCache(RedisCache):
    """LOCATION: the URL of Redis; empty for none."""

    redis_retry_at = 0.0

    def __init__(self, url: str, params: dict[str, Any]) -> None:
        super().__init__(url, {**params, "OPTIONS": {**OPTIONS, "serializer": JsonSerializer}})
        self.is_shared = bool(url)
        self.local = LocMemCache("shared", {"OPTIONS": {"MAX_ENTRIES": MAX_LOCAL_ENTRIES}})

    add = with_fallback("add")
    get = with_fallback("get")
    set = with_fallback("set")
    touch = with_fallback("touch")
    delete = with_fallback("delete")
    get_many = with_fallback("get_many")
    set_many = with_fallback("set_many")
    delete_many = with_fallback("delete_many")
    has_key = with_fallback("has_key")
    incr = with_fallback("incr")

    def clear(self) -> None:
        """Clears what this process stores. Not Redis, whose database has metrics and other rate limits too."""
        self.local.clear()
