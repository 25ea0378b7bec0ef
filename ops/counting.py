"""What is counted of what happens: each request once it is answered, and what caches and the domain announce."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_save

from cache.client import asked
from ops.metrics import Counts, families, metrics
from ops.observation import OTHER, Observation
from reservation.domain.signals import transaction_retried
from reservation.models import ReservationEvent

CONFLICT = "APPOINTMENT_TAKEN"
"""The code of an error that says that somebody else was quicker."""

GRAPHQL = "graphql"
"""The route of the API."""


def connect() -> None:
    """Listen to what is announced."""
    asked.connect(count_reads)
    transaction_retried.connect(count_retry)
    post_save.connect(count_event, sender=ReservationEvent)


def count_request(observation: Observation, *, status: int, seconds: float) -> None:
    """A request was answered."""
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


def count_reads(cache: str, hits: int, misses: int, errors: int, **_: Any) -> None:
    counts = Counts()
    for outcome, number in (("hit", hits), ("miss", misses), ("error", errors)):
        if number:
            counts.count(families.CACHE_READS, cache, outcome, by=number)
    metrics().add(counts)


def count_retry(cause: str, **_: Any) -> None:
    metrics().count(families.TRANSACTION_RETRIES, cause)


def count_event(instance: ReservationEvent, using: str, **_: Any) -> None:
    """Something became of a reservation; it counts once it is committed."""
    count = partial(metrics().count, families.RESERVATIONS, instance.kind.lower())
    transaction.on_commit(count, using=using, robust=True)
