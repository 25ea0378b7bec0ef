"""Connections to Memcached. A server that is away, or hangs, is left alone for a while."""

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

CONNECT_SECONDS = 0.05
ANSWER_SECONDS = 0.1
PAUSE_SECONDS = 1.0
"""For how long a server is not asked again after it has failed, by none of the process's threads."""

UNREADABLE = object()
"""What stands for a value that somebody else has written there."""


class Away(Exception):
    """The server has failed, or has failed a moment ago."""


AS_IT_IS = 1
"""The flag of a value that is no JSON, but bytes."""


class JsonSerde:
    """Values as JSON, and bytes as they are. What others could write there is then only read, never executed, unlike a
    pickle."""

    def serialize(self, key: str, value: Any) -> tuple[bytes, int]:
        return (value, AS_IT_IS) if isinstance(value, bytes) else (orjson.dumps(value), 0)

    def deserialize(self, key: str, value: bytes, flags: int) -> Any:
        if flags == AS_IT_IS:
            return value
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            logger.warning("Memcached has something that we did not write.")
            return UNREADABLE


_ask_again_at: dict[tuple[int, str], float] = {}
"""When a server may be asked again, by process and server."""

_urge_again_at: dict[tuple[int, str], float] = {}
"""When one that is not to be asked may be told something urgent again, since it did not hear that either."""


def guarded(command: Callable[..., Any], *, tries: int, is_urgent: bool = False) -> Callable[..., Any]:
    """The command of a client, which raises Away for whatever goes wrong.

    tries: two for what may be said again: the server may have closed a connection that was kept.
    is_urgent: whether it is said also to a server that has failed a moment ago, unless that was urgent, too.
    """

    def ask(client: Client, *arguments: Any, **options: Any) -> Any:
        server = os.getpid(), str(client.server)
        has_failed = time.monotonic() < _ask_again_at.get(server, 0)
        if has_failed and (not is_urgent or time.monotonic() < _urge_again_at.get(server, 0)):
            raise Away
        for left in reversed(range(tries)):
            try:
                answer = command(client, *arguments, **options)
                if has_failed:
                    _ask_again_at.pop(server, None)
                return answer
            except MemcacheIllegalInputError:
                raise  # it is the key that is wrong
            except (OSError, MemcacheError, ValueError) as error:
                if isinstance(error, ConnectionError | MemcacheUnexpectedCloseError):
                    if left:
                        continue
                elif isinstance(error, MemcacheServerError):
                    logger.warning("Memcached has no room for this.", exc_info=True)
                    raise Away from error
                _ask_again_at[server] = time.monotonic() + PAUSE_SECONDS
                if has_failed:
                    _urge_again_at[server] = time.monotonic() + PAUSE_SECONDS
                logger.warning("Memcached is away: for a second nothing is asked of it.", exc_info=True)
                raise Away from error
        raise AssertionError("unreachable")

    return ask


class Connection(Client):
    """One server. Whichever fails, keys never move to another one, which may have an older value of them."""

    get = guarded(Client.get, tries=2)
    get_many = guarded(Client.get_many, tries=2)
    set = guarded(Client.set, tries=2)
    set_many = guarded(Client.set_many, tries=2)
    set_many_urgently = guarded(Client.set_many, tries=2, is_urgent=True)
    delete = guarded(Client.delete, tries=2)
    touch = guarded(Client.touch, tries=2)
    add = guarded(Client.add, tries=1)
    incr = guarded(Client.incr, tries=1)
    decr = guarded(Client.decr, tries=1)


class Connections(HashClient):
    """One to each server; the key says which is asked."""

    client_class = Connection

    def by_server(self, keys: Iterable[str]) -> list[tuple[Connection, list[str]]]:
        """These keys, apart by the server that has them: one that is away takes nothing from those that are there."""
        if len(self.clients) == 1:
            return [(client, list(keys)) for client in self.clients.values()]
        apart: dict[str, list[str]] = {}
        for key in keys:
            apart.setdefault(self.hasher.get_node(key), []).append(key)
        return [(self.clients[server], own) for server, own in apart.items()]


_local = threading.local()


def connections() -> dict[tuple[Any, ...], Connections]:
    """This thread's, by process and servers. Django's caches live as long as a context of asyncio's: in a loader that
    is its task, and each would connect anew."""
    kept: dict[tuple[Any, ...], Connections] = vars(_local).setdefault("connections", {})
    return kept


def servers_of(url: str) -> list[str]:
    """The servers in memcached://host:port[,host:port…]."""
    return url.removeprefix("memcached://").strip("/").split(",")


def is_there(url: str) -> bool:
    """Whether all of these servers answer. They are asked anew, whatever they failed a moment ago."""
    for server in servers_of(url):
        client = Client(normalize_server_spec(server), connect_timeout=CONNECT_SECONDS, timeout=ANSWER_SECONDS)
        try:
            client.version()
        except (OSError, MemcacheError):
            logger.warning("A Memcached is away.", exc_info=True)
            return False
        finally:
            client.close()
    return True
