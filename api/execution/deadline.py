"""No execution takes longer than this. Time passes in the database, so that is where it is stopped.

A statement that begins too late is not begun; one that is under way is stopped by the database itself: by MariaDB,
MySQL (only SELECT) and PostgreSQL with a limit that travels with the statement, by SQLite with a progress handler. What
ends a transaction or a savepoint is always let through.
"""

import math
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.db.backends.signals import connection_created
from django.dispatch import receiver

SQLITE_STEPS = 10_000
"""How many steps of its virtual machine SQLite makes between two looks at the clock: well under a millisecond."""

ENDINGS = ("ROLLBACK", "RELEASE")
STATEMENTS = ("SELECT", "(SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
FIRST_SELECT = re.compile(r"^\(*SELECT\b")


class DeadlineExceeded(OperationalError):
    """The execution has taken as long as it may. Django takes it for a failed statement, and rolls back."""

    def __init__(self) -> None:
        super().__init__("This took too long, and was stopped.")


def seconds_from_now() -> float:
    return time.monotonic() + settings.GRAPHQL_DEADLINE_SECONDS


@dataclass(frozen=True)
class Deadline:
    """An instant of the monotonic clock, in seconds. Wraps the statements of Django's database connection."""

    at: float = field(default_factory=seconds_from_now)

    @property
    def seconds_left(self) -> float:
        return self.at - time.monotonic()

    @property
    def is_over(self) -> bool:
        return self.seconds_left <= 0

    def check(self) -> None:
        """Raise DeadlineExceeded when it has passed: for what takes its time outside of the database."""
        if self.is_over:
            raise DeadlineExceeded

    @contextmanager
    def enforced(self) -> Iterator[None]:
        """Every statement of this thread's connection ends in time, until the block ends."""
        with connection.execute_wrapper(self):
            try:
                yield
            finally:
                lift_limit()

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.startswith(ENDINGS):
            return execute(sql, params, many, context)
        self.check()
        database = context["connection"]
        if database.vendor == "sqlite":
            # It stays in place after this statement, whose rows may be found as they are fetched.
            database.connection.set_progress_handler(lambda: self.is_over, SQLITE_STEPS)
        elif "mysql_server_data" in vars(database) and sql.startswith(STATEMENTS) and not many:
            # Many rows are one statement already, by a pattern of the driver that a limit before it would not fit.
            sql = self.limit(sql, is_mariadb=database.mysql_is_mariadb)
        elif database.vendor == "postgresql" and sql.startswith(STATEMENTS) and not many:
            return self.execute_limited(execute, sql, params, context)
        return execute(sql, params, many, context)

    def limit(self, sql: str, *, is_mariadb: bool) -> str:
        """The statement, with the time that is left for it."""
        left = max(self.seconds_left, 0.001)
        if is_mariadb:
            return f"SET STATEMENT max_statement_time={left:.3f} FOR {sql}"
        return FIRST_SELECT.sub(rf"\g<0> /*+ MAX_EXECUTION_TIME({left * 1000:.0f}) */", sql, count=1)

    def execute_limited(self, execute: Callable[..., Any], sql: str, params: Any, context: dict[str, Any]) -> Any:
        """Run the statement on PostgreSQL, in one message with the limit before it, which ends with the transaction.

        Two statements in one message are a transaction where none is open. A cursor that has a name is a statement
        around this one, in which no other fits.
        """
        cursor = context["cursor"].cursor
        if getattr(cursor, "name", None) is not None:
            return execute(sql, params, False, context)
        milliseconds = max(math.ceil(self.seconds_left * 1000), 1)  # none at all would be no limit
        result = execute(f"SET LOCAL statement_timeout = {milliseconds}; {sql}", params, False, context)
        cursor.nextset()  # what SET has answered is nothing
        return result


def lift_limit() -> None:
    """Leave nothing behind on this thread's connection, nor in a transaction that was open before."""
    if connection.connection is None:
        return
    if connection.vendor == "sqlite":
        with suppress(sqlite3.ProgrammingError):  # it has been closed, and its handler with it
            connection.connection.set_progress_handler(None, 0)
    elif connection.vendor == "postgresql" and connection.in_atomic_block:
        # In a transaction that has failed it does, too: its limit is rolled back with it.
        with suppress(DatabaseError), connection.wrap_database_errors:
            connection.connection.execute("SET LOCAL statement_timeout TO DEFAULT")


@receiver(connection_created)
def learn_server(connection: Any, **_: Any) -> None:
    """Learn at once which server this is: in a wrapper it is too late to ask, since the question would be wrapped."""
    if connection.vendor == "mysql":
        connection.mysql_server_data  # noqa: B018
