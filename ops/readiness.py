"""Whether the servers that the application depends on work: found out at most once a second in each process."""

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from cache.connection import responds
from ops.clock import clock_skew
from ops.metrics import Counts, families, metrics
from ops.redis_client import connect_to_redis

logger = logging.getLogger(__name__)

OK, DEGRADED, UNAVAILABLE, BEHIND, DRAINING = "ok", "degraded", "unavailable", "migrations pending", "draining"
SKEWED = "skewed"
UNUSED = "not used"

T = TypeVar("T")

MAX_AGE_SECONDS = 1.0
MAX_SKEW_SECONDS = 1.0
"""By how much the clocks of the database and of this process may differ."""


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """The state of each dependency. clock_skew_seconds: see `clock_skew`; None while it is unknown."""

    database: str
    memcached: str
    redis: str
    clock: str
    clock_skew_seconds: float | None

    @property
    def dependencies(self) -> dict[str, str]:
        return {"database": self.database, "memcached": self.memcached, "redis": self.redis, "clock": self.clock}

    @property
    def status(self) -> str:
        """Returns the state of the database unless it is ok, since nothing works without it; otherwise degraded when
        anything else is not as it should be: requests are slower, rates are counted in each process, or holds lapse at
        another time than clients see."""
        if self.database != OK:
            return self.database
        return OK if {self.memcached, self.redis, self.clock} <= {OK, UNUSED} else DEGRADED


def database_state() -> str:
    """Returns ok, unavailable or migrations pending."""
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        return BEHIND if are_migrations_pending() else OK
    except (DatabaseError, InterfaceError):
        logger.warning("The database is unavailable.", exc_info=True)
        connection.close()
        return UNAVAILABLE


_complete: set[frozenset[tuple[str, str]]] = set()
"""The applied migrations with which none was pending: the plan, which takes milliseconds, is made for others only."""


def are_migrations_pending() -> bool:
    connection = connections[DEFAULT_DB_ALIAS]
    applied = frozenset(MigrationRecorder(connection).applied_migrations())
    if applied in _complete:
        return False
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return True
    _complete.clear()
    _complete.add(applied)
    return False


def memcached_state() -> str:
    """Returns ok, unavailable (if any of the servers is) or not used."""
    if not settings.MEMCACHED_URL:
        return UNUSED
    return OK if responds(settings.MEMCACHED_URL) else UNAVAILABLE


@lru_cache(maxsize=4)
def redis_of(process: int, url: str) -> Redis:
    """Returns the client of this process, which keeps its connections."""
    return connect_to_redis(url)


def redis_state() -> str:
    """Returns ok, unavailable or not used."""
    if not settings.REDIS_URL:
        return UNUSED
    client = redis_of(os.getpid(), settings.REDIS_URL)
    try:
        try:
            client.ping()
        except RedisConnectionError:
            client.ping()  # the server may have closed an idle connection
    except RedisError:
        logger.warning("Redis is unavailable.", exc_info=True)
        return UNAVAILABLE
    return OK


def measure_clock(*, database: str) -> tuple[str, float | None]:
    """Returns ok, skewed, or unavailable with the database; and the skew in seconds."""
    if database == UNAVAILABLE:
        return UNAVAILABLE, None
    try:
        skew = clock_skew()
    except (DatabaseError, InterfaceError):
        logger.warning("The database does not tell the time.", exc_info=True)
        return UNAVAILABLE, None
    if abs(skew or 0) <= MAX_SKEW_SECONDS:
        return OK, skew
    logger.warning("The database's clock and this process's differ by %.3f seconds.", skew)
    return SKEWED, skew


def find_readiness() -> Readiness:
    """Asks each dependency, and counts the states."""
    database = database_state()
    clock, skew = measure_clock(database=database)
    found = Readiness(
        database=database,
        memcached=memcached_state(),
        redis=redis_state(),
        clock=clock,
        clock_skew_seconds=None if skew is None else round(skew, 3),
    )
    counts = Counts()
    for dependency, state in found.dependencies.items():
        if state != UNUSED:
            counts.count(families.DEPENDENCY_CHECKS, dependency, state)
    metrics().add(counts)
    return found


class Recent(Generic[T]):
    """A value that is found at most once in MAX_AGE_SECONDS: who asks meanwhile gets the same, or waits for it."""

    def __init__(self, find: Callable[[], T]) -> None:
        self.find = find
        self.lock = threading.Lock()
        self.found: tuple[T, float] | None = None

    def get(self) -> T:
        found = self.found
        if found is not None and time.monotonic() < found[1]:
            return found[0]
        with self.lock:
            found = self.found
            if found is None or time.monotonic() >= found[1]:
                found = self.found = self.find(), time.monotonic() + MAX_AGE_SECONDS
            return found[0]

    def clear(self) -> None:
        """Forgets the value, so that it is found again."""
        self.found = None


readiness = Recent(find_readiness)
