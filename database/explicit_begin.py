"""A transaction on MySQL begins with BEGIN. Django's turns autocommit off and on again: a round trip more."""

from functools import partial
from typing import Any

from django.db.backends.signals import connection_created


def connect() -> None:
    """Listen to new connections."""
    connection_created.connect(begin_explicitly)


def begin_explicitly(connection: Any, **_: Any) -> None:
    """Let this connection begin as SQLite's does, for which Django has the way."""
    if connection.vendor == "mysql":
        connection._start_transaction_under_autocommit = partial(begin, connection)
        connection._set_autocommit = partial(set_autocommit, connection)


def begin(connection: Any) -> None:
    with connection.wrap_database_errors:
        connection.connection.query("BEGIN")


def set_autocommit(connection: Any, autocommit: bool) -> None:
    """Say so if it is not so already, as it is behind a transaction that began with BEGIN."""
    with connection.wrap_database_errors:
        is_so = connection.connection.get_autocommit() == autocommit
    if not is_so:
        type(connection)._set_autocommit(connection, autocommit)
