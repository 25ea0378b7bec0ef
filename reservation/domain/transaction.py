"""One transaction, tried again as a whole when the database says that it lost a race."""

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
    """What this transaction had read is no longer so: everything starts again from what is true now."""


def lost_race(error: BaseException) -> str | None:
    """What others did meanwhile, if that is why the transaction failed: then trying again may help.

    A connection lost at COMMIT is not such a case: the commit may have happened. There the idempotency key tells.
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
    """Run work in a transaction and answer its result; up to five times, with jitter, when it lost a race.

    Inside a transaction that is open already, work runs once, in a savepoint: only the whole can be tried again.
    A cluster reports a conflict at COMMIT, so the loop stands outside `atomic`.
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
