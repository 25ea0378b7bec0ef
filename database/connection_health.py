"""Connection health: whether a connection to MySQL still works, without a ping at each request, which is a round trip.

A server that closes a connection sends a packet, so its socket is readable although no response is pending. Polling
the socket shows that without a round trip.
"""

import time
from select import POLLIN, poll

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

FRESH_SECONDS = 1.0
"""For how long after its last use a quiet connection counts as healthy. Later it is pinged: a firewall or a proxy may
have dropped it without a packet."""


class ConnectionHealth:
    """Replaces `is_usable` of a Django connection until that reconnects. Returns whether the connection works."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.socket = poll()
        self.socket.register(connection.connection.fileno(), POLLIN)
        self.used_at = time.monotonic()

    def __call__(self) -> bool:
        before, self.used_at = self.used_at, time.monotonic()
        is_fresh = self.used_at - before < FRESH_SECONDS and not self.connection.errors_occurred
        return (is_fresh and not self.socket.poll(0)) or type(self.connection).is_usable(self.connection)


def connect_receivers() -> None:
    """Connect the receiver of new connections."""
    connection_created.connect(check_socket_first)


def check_socket_first(connection: BaseDatabaseWrapper, **_: object) -> None:
    if connection.vendor == "mysql":
        connection.is_usable = ConnectionHealth(connection)  # type: ignore[method-assign]
