"""Transactions that are retried as a whole when they lose a race."""

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, connection, transaction

from reservation.domain.signals import transaction_retried

T = TypeVar("T")

logger = logging.getLogger(__name__)

TRIES = 5
BACKOFF_SECONDS = 0.01

MYSQL_LOST_RACES = {1213: "deadlock", 1205: "lock wait", 1020: "snapshot conflict", 1047: "node not ready"}
SQLITE_LOST_RACES = {5: "busy", 6: "locked"}
POSTGRESQL_LOST_RACES = {"40001": "serialization failure", "40P01": "deadlock", "55P03": "lock wait"}


class Conflict(Exception):
    """What this transaction has read has changed: it must be rolled back and retried."""


def lost_race(error: BaseException) -> str | None:
    """The name of the race that made the transaction fail, if a retry may help; None for any other error.

    A connection lost at COMMIT is not among them: the commit may have happened. An idempotency key makes a retry safe.
    """
    if isinstance(error, Conflict):
        return "conflict"
    if not isinstance(error, DatabaseError):
        return None
    cause = error.__cause__
    return (
        (MYSQL_LOST_RACES.get(error.args[0]) if error.args else None)
        or SQLITE_LOST_RACES.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
        or POSTGRESQL_LOST_RACES.get(getattr(cause, "sqlstate", None) or "")
    )


def transact(work: Callable[[], T]) -> T:
    """Run work in a transaction and return its result; retry up to five times, with jitter, when it loses a race.

    Inside an open transaction work runs once, in a savepoint: only the whole transaction can be retried.
    A cluster reports a conflict at COMMIT, so the loop is outside of `atomic`.
    """
    if connection.in_atomic_block:
        with transaction.atomic():
            return work()
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return work()
        except Exception as error:
            cause = lost_race(error)
            if attempt == TRIES or cause is None:
                raise
            logger.info("A transaction lost a race (%s), and is tried again.", cause)
            transaction_retried.send_robust(sender=None, cause=cause)
        time.sleep(random.uniform(0, BACKOFF_SECONDS * 2**attempt))
    raise AssertionError("unreachable")
