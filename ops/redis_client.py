"""Connections to Redis with short timeouts: a request does not wait for a slow Redis, but goes on without it."""

from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

TIMEOUT_SECONDS = 0.05
OPTIONS: dict[str, Any] = {
    "socket_connect_timeout": TIMEOUT_SECONDS,
    "socket_timeout": TIMEOUT_SECONDS,
    "retry": Retry(NoBackoff(), 0),
    "retry_on_error": [],
}


def connect_to_redis(url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> Redis:
    """Returns a client that connects when it is first used. Every failure is a RedisError; there are no retries.

    timeout_seconds: how long to wait for a response.
    """
    return Redis.from_url(url, **{**OPTIONS, "socket_timeout": timeout_seconds})
