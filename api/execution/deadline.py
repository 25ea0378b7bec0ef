"""The deadline of an execution, enforced by statement timeouts, since its time is spent in the database.

A statement is not begun after the deadline. One that is running is stopped by the database: MariaDB, MySQL (SELECT
only) and PostgreSQL get a statement timeout with the statement, SQLite a progress handler. Statements that end a
transaction or a savepoint are always executed.
"""

import math
import re
import sqlite3
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.db.backends.signals import connection_created
from django.dispatch import receiver

SQLITE_STEPS = 10_000
"""How many steps of its virtual machine SQLite takes between two checks of the clock: well under a millisecond."""

TRANSACTION_ENDS = ("ROLLBACK", "RELEASE")
LIMITED_STATEMENTS = ("SELECT", "(SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
FIRST_SELECT = re.compile(r"^\(*SELECT\b")


class DeadlineExceeded(OperationalError):
    """The deadline has passed. Django treats it as a failed statement, and rolls back."""

    def __init__(self) -> None:
        super().__init__("This took too long, and was stopped.")


def default_deadline() -> float:
    return time.monotonic() + settings.GRAPHQL_DEADLINE_SECONDS


@dataclass(frozen=True)
class Deadline:
    """A deadline, in seconds of the monotonic clock. An execute wrapper of Django's database connection."""

    at: float = field(default_factory=default_deadline)

    @property
    def seconds_left(self) -> float:
        return self.at - time.monotonic()

    @property
    def is_over(self) -> bool:
        return self.seconds_left <= 0

    def check(self) -> None:
        """Raise DeadlineExceeded when it has passed: for work that takes long outside the database."""
        if self.is_over:
            raise DeadlineExceeded

    @contextmanager
    def enforced(self) -> Generator[None]:
        """Within the block, every statement of this thread's connection has a statement timeout."""
        with connection.execute_wrapper(self):
            try:
                yield
            finally:
                reset_statement_timeout()

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.startswith(TRANSACTION_ENDS):
            return execute(sql, params, many, context)
        self.check()
        database = context["connection"]
        if database.vendor == "sqlite":
            # It stays set after this statement, because SQLite may compute rows while they are fetched.
            database.connection.set_progress_handler(lambda: self.is_over, SQLITE_STEPS)
        elif "mysql_server_data" in vars(database) and sql.startswith(LIMITED_STATEMENTS) and not many:
            # The driver recognises an INSERT of many rows by a pattern, which a prefix would no longer match.
            sql = self.with_statement_timeout(sql, is_mariadb=database.mysql_is_mariadb)
        elif database.vendor == "postgresql" and sql.startswith(LIMITED_STATEMENTS) and not many:
            return self.execute_with_statement_timeout(execute, sql, params, context)
        return execute(sql, params, many, context)

    def with_statement_timeout(self, sql: str, *, is_mariadb: bool) -> str:
        """The statement for MariaDB or MySQL, with the time left as its timeout."""
        left = max(self.seconds_left, 0.001)
        if is_mariadb:
            return f"SET STATEMENT max_statement_time={left:.3f} FOR {sql}"
        return FIRST_SELECT.sub(rf"\g<0> /*+ MAX_EXECUTION_TIME({left * 1000:.0f}) */", sql, count=1)

    def execute_with_statement_timeout(  # not on MariaDB
        self, execute: Callable[..., Any], sql: str, params: Any, context: dict[str, Any]
    ) -> Any:
        """Execute the statement on PostgreSQL, in one message with SET LOCAL, whose effect ends with the transaction.

        Outside a transaction, the statements of one message form one. A named cursor wraps the statement in DECLARE,
        which takes one statement only, so there is no timeout.
        """
        cursor = context["cursor"].cursor
        if getattr(cursor, "name", None) is not None:
            return execute(sql, params, False, context)
        milliseconds = max(math.ceil(self.seconds_left * 1000), 1)  # 0 would mean no timeout
        result = execute(f"SET LOCAL statement_timeout = {milliseconds}; {sql}", params, False, context)
        cursor.nextset()  # skip the empty result of SET
        return result


def reset_statement_timeout() -> None:
    """Remove the timeout from this thread's connection, and from a transaction that was open before."""
    if connection.connection is None:
        return
    if connection.vendor == "sqlite":
        with suppress(sqlite3.ProgrammingError):  # the connection is closed already
            connection.connection.set_progress_handler(None, 0)
    elif connection.vendor == "postgresql" and connection.in_atomic_block:
        # It fails in a transaction that has failed, where the rollback removes the timeout.
        with suppress(DatabaseError), connection.wrap_database_errors:
            connection.connection.execute("SET LOCAL statement_timeout TO DEFAULT")


@receiver(connection_created)
def cache_server_version(connection: Any, **_: Any) -> None:
    """Cache the server's version on connecting: the query for it, made in the wrapper, would be wrapped itself."""
    if connection.vendor == "mysql":
        connection.mysql_server_data  # noqa: B018
