"""Connections to Memcached. A server that has failed is not tried again for a second: a circuit breaker."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
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

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT_SECONDS = 0.05
READ_TIMEOUT_SECONDS = 0.1
RETRY_AFTER_SECONDS = 1.0
"""How long no thread of the process tries a server that has failed."""

UNREADABLE = object()
"""Replaces a value that is not JSON, and so was not written by this application."""


class Unavailable(Exception):
    """The server has failed, now or within RETRY_AFTER_SECONDS."""


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


_retry_at: dict[tuple[int, str], float] = {}
"""When a failed server may be tried again, by process and server."""

_urgent_retry_at: dict[tuple[int, str], float] = {}
"""When a failed server on which an urgent command has failed, too, may get the next urgent one."""


def with_circuit_breaker(command: Callable[..., Any], *, tries: int, is_urgent: bool = False) -> Callable[..., Any]:
    """Returns the command of a client, made to raise Unavailable when the server fails.

    tries: 2 for an idempotent command, since the server may have closed an idle connection.
    is_urgent: whether to try a server that has failed within RETRY_AFTER_SECONDS, unless an urgent command has, too.
    """

    def call(client: Client, *arguments: Any, **options: Any) -> Any:
        server = os.getpid(), str(client.server)
        has_failed = time.monotonic() < _retry_at.get(server, 0)
        if has_failed and (not is_urgent or time.monotonic() < _urgent_retry_at.get(server, 0)):
            raise Unavailable
        for left in reversed(range(tries)):
            try:
                result = command(client, *arguments, **options)
                if has_failed:
                    _retry_at.pop(server, None)
                return result
            except MemcacheIllegalInputError:
                raise  # the key is invalid; the server works
            except (OSError, MemcacheError, ValueError) as error:
                if isinstance(error, ConnectionError | MemcacheUnexpectedCloseError):
                    if left:
                        continue
                elif isinstance(error, MemcacheServerError):
                    logger.warning("Memcached cannot store this.", exc_info=True)
                    raise Unavailable from error
                _retry_at[server] = time.monotonic() + RETRY_AFTER_SECONDS
                if has_failed:
                    _urgent_retry_at[server] = time.monotonic() + RETRY_AFTER_SECONDS
                logger.warning("Memcached is unavailable: it is not tried for a second.", exc_info=True)
                raise Unavailable from error
        raise AssertionError("unreachable")

    return call


class Connection(Client):
    """The connection to one server. Keys of a failed server never move to another one, which may have older values."""

    get = with_circuit_breaker(Client.get, tries=2)
    get_many = with_circuit_breaker(Client.get_many, tries=2)
    set = with_circuit_breaker(Client.set, tries=2)
    set_many = with_circuit_breaker(Client.set_many, tries=2)
    set_many_urgently = with_circuit_breaker(Client.set_many, tries=2, is_urgent=True)
    delete = with_circuit_breaker(Client.delete, tries=2)
    touch = with_circuit_breaker(Client.touch, tries=2)
    add = with_circuit_breaker(Client.add, tries=1)
    incr = with_circuit_breaker(Client.incr, tries=1)
    decr = with_circuit_breaker(Client.decr, tries=1)


class Connections(HashClient):
    """A connection to each server; the hash of a key chooses its server."""

    client_class = Connection

    def by_server(self, keys: Iterable[str]) -> list[tuple[Connection, list[str]]]:
        """Groups the keys by server, so that one that is unavailable does not fail the keys of the others."""
        if len(self.clients) == 1:
            return [(client, list(keys)) for client in self.clients.values()]
        keys_of: dict[str, list[str]] = {}
        for key in keys:
            keys_of.setdefault(self.hasher.get_node(key), []).append(key)
        return [(self.clients[server], own) for server, own in keys_of.items()]


_local = threading.local()


def connections() -> dict[tuple[Any, ...], Connections]:
    """Returns the connections of this thread, by process and servers.

    Django's own storage is a context variable: each asyncio task, and so each loader, would open new connections.
    """
    of_thread: dict[tuple[Any, ...], Connections] = vars(_local).setdefault("connections", {})
    return of_thread


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
