"""DATETIME of MySQL and MariaDB is read by C: the driver's own reader is Python, and takes each digit by itself."""

from datetime import datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

DATETIME = 12
"""MySQL's number of the type, MySQLdb.constants.FIELD_TYPE.DATETIME: the driver need not be installed."""


def connect() -> None:
    """Listen to new connections."""
    connection_created.connect(read_quickly)


def read_quickly(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Replace the reader of this connection. The driver still reads NULL. Of a zero date it made None, which none of
    our columns takes for one: here it is an error."""
    if connection.vendor == "mysql":
        connection.connection.converter[DATETIME] = datetime.fromisoformat
