"""Connections to Memcached, with a circuit breaker for each server: see cache/circuit_breaker.py."""

import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import orjson
from pymemcache.client.base import Client, normalize_server_spec
from pymemcache.client.hash import HashClient
from pymemcache.exceptions import (
    MemcacheError,
    MemcacheIllegalInputError,
    MemcacheServerError,
    MemcacheUnexpectedCloseError,
)

from cache.background import Repeater
from cache.circuit_breaker import CircuitBreaker, circuit_breaker, servers_waited_for

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT_SECONDS = READ_TIMEOUT_SECONDS = 0.25
"""With 16 busy processes beside three workers on two CPUs, 0.2 % of 20,000 reads took over 0.1 s, and none 0.25 s."""

MOMENT_SECONDS = 0.1
"""The time-outs of what is tried although the server has failed. One that is back responds in time but for a few."""

UNREADABLE = object()
"""Replaces a value that is not JSON, and so was not written by this application."""


class Unavailable(Exception):
    """The server has failed now, or has not responded since it failed."""


BYTES_FLAG = 1
"""The Memcached flag of a value that is bytes rather than JSON."""


class JsonSerde:
    """Serialises values as JSON, and bytes as they are. Unlike a pickle, a value that an attacker has written cannot
    execute code."""

    def serialize(self, key: str, value: Any) -> tuple[bytes, int]:
        return (value, BYTES_FLAG) if isinstance(value, bytes) else (orjson.dumps(value), 0)

    def deserialize(self, key: str, value: bytes, flags: int) -> Any:
        if flags == BYTES_FLAG:
            return value
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            logger.warning("Memcached has a value that is not JSON.")
            return UNREADABLE


def with_circuit_breaker(command: Callable[..., Any], *, tries: int, is_urgent: bool = False) -> Callable[..., Any]:
    """Returns the command of a client, made to raise Unavailable when the server fails, or while its circuit is open.

    tries: 2 for an idempotent command, since the server may have closed an idle connection.
    is_urgent: whether to try a server whose circuit is open, too, if only for a moment.
    """

    def call(client: "Connection", *arguments: Any, **options: Any) -> Any:
        breaker = client.breaker
        if not breaker.is_open:
            return attempt(client, breaker, tries, *arguments, **options)
        if not is_urgent:
            raise Unavailable
        with client.for_a_moment():
            return attempt(client, breaker, 1, *arguments, **options)

    def attempt(client: "Connection", breaker: CircuitBreaker, tries: int, *arguments: Any, **options: Any) -> Any:
        for left in reversed(range(tries)):
            try:
                result = command(client, *arguments, **options)
            except MemcacheIllegalInputError:
                raise  # the key is invalid; the server works
            except (OSError, MemcacheError, ValueError) as error:
                if isinstance(error, ConnectionError | MemcacheUnexpectedCloseError):
                    if left:
                        continue
                elif isinstance(error, MemcacheServerError):
                    logger.warning("Memcached cannot store this.", exc_info=True)
                    raise Unavailable from error
                if breaker.record_failure(error):
                    logger.warning("Memcached is unavailable: it is not used until it responds.", exc_info=True)
                    background.repeat(probe_servers)
                raise Unavailable from error
            breaker.record_success()
            return result
        raise AssertionError("unreachable")

    return call


class Connection(Client):
    """The connection to one server. Keys of a failed server never move to another one, which may have older values."""

    connect_timeout: float
    timeout: float

    @property
    def breaker(self) -> CircuitBreaker:
        return circuit_breaker(self.server)

    @contextmanager
    def for_a_moment(self) -> Iterator[None]:
        """A new connection, for which the block waits no longer than MOMENT_SECONDS."""
        former = self.connect_timeout, self.timeout
        self.close()
        self.connect_timeout = self.timeout = MOMENT_SECONDS
        try:
            yield
        finally:
            self.close()
            self.connect_timeout, self.timeout = former

    get = with_circuit_breaker(Client.get, tries=2)
    get_many: Callable[..., Any] = with_circuit_breaker(Client.get_many, tries=2)
    set = with_circuit_breaker(Client.set, tries=2)
    set_many: Callable[..., Any] = with_circuit_breaker(Client.set_many, tries=2)
    set_many_urgently = with_circuit_breaker(Client.set_many, tries=2, is_urgent=True)
    delete = with_circuit_breaker(Client.delete, tries=2)
    touch = with_circuit_breaker(Client.touch, tries=2)
    add = with_circuit_breaker(Client.add, tries=1)
    incr = with_circuit_breaker(Client.incr, tries=1)
    decr = with_circuit_breaker(Client.decr, tries=1)
    probe = with_circuit_breaker(Client.version, tries=1, is_urgent=True)


class Connections(HashClient):
    """A connection to each server; the hash of a key chooses its server."""

    client_class = Connection

    def by_server(self, keys: Iterable[str]) -> list[tuple[Connection, list[str]]]:
        """Groups the keys by server, so that one that is unavailable does not fail the keys of the others."""
        if len(self.clients) == 1:
            return [(client, list(keys)) for client in self.clients.values()]
        keys_of: dict[str, list[str]] = {}
        for key in keys:
            server = self.hasher.get_node(key)
            assert server is not None  # there is one at least
            keys_of.setdefault(server, []).append(key)
        return [(self.clients[server], own) for server, own in keys_of.items()]


_local = threading.local()


def connections() -> dict[tuple[Any, ...], Connections]:
    """Returns the connections of this thread, by process and servers.

    Django's own storage is a context variable: each asyncio task, and so each loader, would open new connections.
    """
    of_thread: dict[tuple[Any, ...], Connections] = vars(_local).setdefault("connections", {})
    return of_thread


def close_connections() -> None:
    """Closes the connections of this thread."""
    for of_servers in connections().values():
        of_servers.close()


background = Repeater(at_end=close_connections)


def probe_servers() -> bool:
    """Tries the servers that have not responded since they failed. Returns whether there are none left."""
    for server in servers_waited_for():
        with suppress(Unavailable):
            Connection(server, connect_timeout=MOMENT_SECONDS, timeout=MOMENT_SECONDS).probe()
            logger.warning("Memcached is available again.")
    return not servers_waited_for()


def servers_of(url: str) -> list[str]:
    """Returns the servers in memcached://host:port[,host:port…]."""
    return url.removeprefix("memcached://").strip("/").split(",")


def responds(url: str) -> bool:
    """Returns whether all of these servers respond, regardless of recent failures. The connections are kept."""
    probes: dict[tuple[int, str], Client] = vars(_local).setdefault("probes", {})
    for server in servers_of(url):
        key = os.getpid(), server
        client = probes.get(key) or probes.setdefault(
            key,
            Client(
                normalize_server_spec(server), connect_timeout=CONNECT_TIMEOUT_SECONDS, timeout=READ_TIMEOUT_SECONDS
            ),
        )
        try:
            try:
                client.version()
            except (ConnectionError, MemcacheUnexpectedCloseError):
                client.version()  # the server may have closed an idle connection
        except (OSError, MemcacheError):
            logger.warning("A Memcached server is unavailable.", exc_info=True)
            return False
    return True
