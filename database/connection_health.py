"""Whether a connection to MySQL is still there, without asking the server at each request: a round trip.

A server that ends a connection says so, and there is something to be read where nobody has asked for anything.
"""

import time
from select import POLLIN, poll

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

FRESH_SECONDS = 1.0
"""For how long after it was used a connection that is quiet is believed. What comes between may go silently."""


class ConnectionHealth:
    """Answers as the `is_usable` of Django's connection, in whose place it stands until that connects anew."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.socket = poll()
        self.socket.register(connection.connection.fileno(), POLLIN)
        self.used_at = time.monotonic()

    def __call__(self) -> bool:
        before, self.used_at = self.used_at, time.monotonic()
        is_fresh = self.used_at - before < FRESH_SECONDS and not self.connection.errors_occurred
        return (is_fresh and not self.socket.poll(0)) or type(self.connection).is_usable(self.connection)


def connect() -> None:
    """Listen to new connections."""
    connection_created.connect(look_first)


def look_first(connection: BaseDatabaseWrapper, **_: object) -> None:
    if connection.vendor == "mysql":
        connection.is_usable = ConnectionHealth(connection)  # type: ignore[method-assign]
