"""DATETIME of MySQL and MariaDB is parsed by `datetime.fromisoformat`, in C: the driver's parser is Python."""

from datetime import datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

DATETIME = 12
"""MySQLdb.constants.FIELD_TYPE.DATETIME, the protocol's number of the type: the driver may not be installed."""


def connect_receivers() -> None:
    """Connect the receiver of new connections."""
    connection_created.connect(parse_datetimes_fast)


def parse_datetimes_fast(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Replace the converter of this connection. The driver never passes NULL to it. It reads zero dates as None; here
    they raise ValueError, since no column has them."""
    if connection.vendor == "mysql":
        connection.connection.converter[DATETIME] = datetime.fromisoformat
