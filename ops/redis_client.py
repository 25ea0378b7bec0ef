"""Connections to Redis that nobody waits for: what it cannot answer at once is done without it."""

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


def connect(url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> Redis:
    """A client, which connects when it is first used. Every failure is a RedisError, and nothing is tried twice.

    timeout_seconds: how long to wait for an answer.
    """
    return Redis.from_url(url, **{**OPTIONS, "socket_timeout": timeout_seconds})
