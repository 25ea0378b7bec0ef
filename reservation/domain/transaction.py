"""One transaction, tried again as a whole when the database says that it lost a race."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, connection, transaction

T = TypeVar("T")

TRIES = 5
BACKOFF_SECONDS = 0.01

MYSQL_LOST_RACES = frozenset({1213, 1205, 1020, 1047})  # deadlock, lock wait, snapshot conflict, node not ready
SQLITE_LOST_RACES = frozenset({5, 6})  # busy, locked
POSTGRESQL_LOST_RACES = frozenset({"40001", "40P01"})  # serialization failure, deadlock


class Conflict(Exception):
    """What this transaction had read is no longer so: everything starts again from what is true now."""


def lost_a_race(error: BaseException) -> bool:
    """Whether the database refused the transaction for what others did meanwhile, so that trying again may help.

    A connection lost at COMMIT is not such a case: the commit may have happened. There the idempotency key tells.
    """
    if isinstance(error, Conflict):
        return True
    if not isinstance(error, DatabaseError):
        return False
    cause = error.__cause__
    return (
        (error.args[:1] != () and error.args[0] in MYSQL_LOST_RACES)
        or getattr(cause, "sqlite_errorcode", 0) & 0xFF in SQLITE_LOST_RACES
        or getattr(cause, "sqlstate", None) in POSTGRESQL_LOST_RACES
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
            if attempt == TRIES or not lost_a_race(error):
                raise
        time.sleep(random.uniform(0, BACKOFF_SECONDS * 2**attempt))
    raise AssertionError("unreachable")
