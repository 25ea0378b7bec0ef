"""Counts requests, and what the cache and the domain signal."""

from typing import Any

from cache.client import cache_read
from ops.metrics import Counts, families, metrics
from ops.observation import OTHER, Observation
from reservation.domain.signals import reservation_changed, transaction_retried

CONFLICT = "APPOINTMENT_TAKEN"
"""The error code of a reservation that lost to another one."""

GRAPHQL = "graphql"
"""The route of the API."""


def connect_receivers() -> None:
    """Connects the receivers of signals."""
    cache_read.connect(count_cache_reads)
    transaction_retried.connect(count_retry)
    reservation_changed.connect(count_reservation)


def count_request(observation: Observation, *, status: int, seconds: float) -> None:
    """Counts a request that has its response."""
    counts = Counts()
    counts.count(families.HTTP_REQUESTS, observation.route, str(status))
    operation = observation.operation or OTHER
    if observation.route == GRAPHQL:
        counts.count(families.GRAPHQL_REQUESTS, operation)
        counts.observe(families.GRAPHQL_SECONDS, operation, seconds=seconds)
    for code in observation.codes:
        counts.count(families.GRAPHQL_ERRORS, operation, code)
        if code == CONFLICT:
            counts.count(families.RESERVATIONS, "conflict")
    for limit in observation.limits:
        counts.count(families.GRAPHQL_REJECTIONS, limit)
    if observation.statements:
        counts.count(families.SQL_STATEMENTS, operation, by=observation.statements)
        counts.observe(families.SQL_SECONDS, operation, seconds=observation.database_seconds)
    metrics().add(counts)


def count_cache_reads(cache: str, hits: int, misses: int, errors: int, **_: Any) -> None:
    counts = Counts()
    for outcome, number in (("hit", hits), ("miss", misses), ("error", errors)):
        if number:
            counts.count(families.CACHE_READS, cache, outcome, by=number)
    metrics().add(counts)


def count_retry(cause: str, **_: Any) -> None:
    metrics().count(families.TRANSACTION_RETRIES, cause)


def count_reservation(kind: str, **_: Any) -> None:
    metrics().count(families.RESERVATIONS, kind.lower())
