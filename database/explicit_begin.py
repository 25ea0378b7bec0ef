"""Explicit BEGIN on MySQL. Django turns autocommit off and on again, which is one round trip more per transaction."""

from functools import partial
from typing import Any

from django.db.backends.signals import connection_created


def connect() -> None:
    """Connect the receiver of new connections."""
    connection_created.connect(begin_explicitly)


def begin_explicitly(connection: Any, **_: Any) -> None:
    """Makes this connection begin transactions as SQLite's does, by a hook that Django has for that."""
    if connection.vendor == "mysql":
        connection._start_transaction_under_autocommit = partial(begin, connection)
        connection._set_autocommit = partial(set_autocommit, connection)


def begin(connection: Any) -> None:
    with connection.wrap_database_errors:
        connection.connection.query("BEGIN")


def set_autocommit(connection: Any, autocommit: bool) -> None:
    """Sends the statement only where it changes something: after a transaction that BEGIN began it does not."""
    with connection.wrap_database_errors:
        is_set = connection.connection.get_autocommit() == autocommit
    if not is_set:
        type(connection)._set_autocommit(connection, autocommit)
