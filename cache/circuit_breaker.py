"""Circuit breakers: a Memcached server that fails is not tried by requests until it responds in the background.

One slow response costs a hit and nothing else: also on a busy machine a healthy server responds too late now and then.
"""

import math
import os
import time

MAX_FAILURES = 3
"""How many commands in a row must fail before the server counts as unavailable. A refused connection is enough."""

TRUSTED_AFTER_SECONDS = 1.0
"""How long after a server is back nothing is read from it: meanwhile other processes send it the invalidations that it
has missed."""


class CircuitBreaker:
    """Whether this process uses a server: not while the circuit is open. Threads share it without a lock."""

    def __init__(self) -> None:
        self.failures = 0
        self.open_until = 0.0
        """When it closes, by the monotonic clock; infinity until the server responds."""

    @property
    def is_open(self) -> bool:
        return self.open_until > 0 and time.monotonic() < self.open_until

    @property
    def waits_for_server(self) -> bool:
        return self.open_until == math.inf

    def record_failure(self, error: Exception) -> bool:
        """Returns whether this failure opens the circuit."""
        if self.waits_for_server:
            return False
        self.failures += 1
        opens = self.is_open or self.failures >= MAX_FAILURES or isinstance(error, ConnectionRefusedError)
        if opens:
            self.open_until = math.inf
        return opens

    def record_success(self) -> None:
        if self.failures:
            self.failures = 0
        if self.waits_for_server:
            self.open_until = time.monotonic() + TRUSTED_AFTER_SECONDS


Server = str | tuple[str, int]
"""The path of a socket, or a host and a port."""

_breakers: dict[Server, CircuitBreaker] = {}


def circuit_breaker(server: Server) -> CircuitBreaker:
    """Returns the circuit breaker of this server in this process."""
    return _breakers.get(server) or _breakers.setdefault(server, CircuitBreaker())


def servers_waited_for() -> list[Server]:
    """Returns the servers that have not responded since they failed."""
    return [server for server, breaker in list(_breakers.items()) if breaker.waits_for_server]


def reset_circuit_breakers() -> None:
    """Closes all circuits. A new process knows of no failure."""
    _breakers.clear()


os.register_at_fork(after_in_child=reset_circuit_breakers)
