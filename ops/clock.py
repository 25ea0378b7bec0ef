"""The clock of the database, with which those of all processes are compared."""

import time

from django.db import DEFAULT_DB_ALIAS, connections

MICROSECONDS_SINCE_1970 = {
    "mysql": "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))",
    "postgresql": "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS bigint)",
}
"""The statement that returns the time of a database server. SQLite has no clock but this process's own."""


def clock_skew() -> float | None:
    """Returns by how many seconds the database's clock is at least ahead of this process's; less than 0: behind.

    The time that the statement takes makes no difference: the database's time is compared with the whole span. None on
    SQLite. Raises DatabaseError or InterfaceError.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    statement = MICROSECONDS_SINCE_1970.get(connection.vendor)
    if statement is None:
        return None
    with connection.cursor() as cursor:
        began = time.time()
        cursor.execute(statement)
        (microseconds,) = cursor.fetchone()
        ended = time.time()
    there = microseconds / 1_000_000
    return there - min(max(there, began), ended)
