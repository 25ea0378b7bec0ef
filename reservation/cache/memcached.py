"""Memcached as a cache of Django's. One that is away, or hangs, costs hits and a moment, never an error."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import orjson
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.memcached import PyMemcacheCache
from django.dispatch import Signal
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

asked = Signal()
"""A cache was asked. It tells `cache`, the name of the cache, and how many `hits`, `misses` and `errors` there were."""


class Away(Exception):
    """The server has failed, or has failed a moment ago."""


class JsonSerde:
    """Values as JSON. What others could write there is then only read, never executed, unlike a pickle."""

    def serialize(self, key: str, value: Any) -> tuple[bytes, int]:
        return orjson.dumps(value), 0

    def deserialize(self, key: str, value: bytes, flags: int) -> Any:
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            logger.warning("Memcached has something that we did not write.")
            return UNREADABLE


_ask_again_at: dict[tuple[int, str], float] = {}
"""When a server may be asked again, by process and server."""


def guarded(command: Callable[..., Any], *, tries: int) -> Callable[..., Any]:
    """The command of a client, which raises Away for whatever goes wrong.

    tries: two for what may be said again: the server may have closed a connection that was kept.
    """

    def ask(client: Client, *arguments: Any, **options: Any) -> Any:
        server = os.getpid(), str(client.server)
        if time.monotonic() < _ask_again_at.get(server, 0):
            raise Away
        for left in reversed(range(tries)):
            try:
                return command(client, *arguments, **options)
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


class Memcached(PyMemcacheCache):
    """Django's own, but for what it says of a Memcached that is away, and that it keeps its connections."""

    @property
    def _cache(self) -> Connections:
        key = os.getpid(), *self.client_servers
        kept = connections()
        if key not in kept:
            kept[key] = Connections(self.client_servers, **self._options)  # type: ignore[attr-defined]
        return kept[key]

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        found = self.get_many([key], version=version)
        return found.get(key, default)

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        names = {self.make_and_validate_key(key, version=version): key for key in keys}
        found: dict[str, Any] = {}
        errors = 0
        for server, own in self._cache.by_server(names):
            try:
                read = server.get_many(own)
            except Away:
                errors += len(own)
            else:
                found |= {names[name]: value for name, value in read.items() if value is not UNREADABLE}
        self.tell(hits=len(found), misses=len(names) - len(found) - errors, errors=errors)
        return found

    def set_many(self, data: dict[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[str]:
        """Answers the keys that could not be set: those of servers that are away."""
        names = {self.make_and_validate_key(key, version=version): key for key in data}
        failed: list[str] = []
        for server, own in self._cache.by_server(names):
            try:
                failed += server.set_many({name: data[names[name]] for name in own}, self.get_backend_timeout(timeout))
            except Away:
                failed += own
        if failed:
            self.tell(errors=len(failed))
        return [names[name] for name in failed]

    def add(self, key: str, *arguments: Any, **options: Any) -> bool:
        """Whether the key was free. It is when nothing can be there: whoever takes a lock here would wait for ever."""
        return bool(self.attempt(super().add, key, *arguments, absent=True, **options))

    def set(self, key: str, *arguments: Any, **options: Any) -> None:
        self.attempt(super().set, key, *arguments, absent=None, **options)

    def touch(self, key: str, *arguments: Any, **options: Any) -> bool:
        return bool(self.attempt(super().touch, key, *arguments, absent=False, **options))

    def delete(self, key: str, *arguments: Any, **options: Any) -> bool:
        return bool(self.attempt(super().delete, key, *arguments, absent=False, **options))

    def delete_many(self, keys: Any, *arguments: Any, **options: Any) -> None:
        self.attempt(super().delete_many, keys, *arguments, absent=None, **options)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Raises ValueError for a key that is not there, and so when the server is away."""
        try:
            return int(super().incr(key, delta, version=version))
        except Away:
            self.tell(errors=1)
            raise ValueError("Memcached is away.") from None

    def close(self, **options: Any) -> None:
        """Django closes its caches after every request. The connection is kept for the next."""

    def attempt(self, command: Callable[..., Any], *arguments: Any, absent: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except Away:
            self.tell(errors=1)
            return absent

    def tell(self, *, hits: int = 0, misses: int = 0, errors: int = 0) -> None:
        asked.send(Memcached, cache=self.key_prefix, hits=hits, misses=misses, errors=errors)


def cache_at(url: str, *, name: str) -> dict[str, Any]:
    """Django's settings of this cache. url: memcached://host:port[,host:port…]; empty for one in the process."""
    if not url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    return {
        "BACKEND": "reservation.cache.memcached.Memcached",
        "KEY_PREFIX": name,
        "LOCATION": url.removeprefix("memcached://").strip("/").split(","),
        "OPTIONS": {
            "serde": JsonSerde(),
            "no_delay": True,
            "connect_timeout": CONNECT_SECONDS,
            "timeout": ANSWER_SECONDS,
        },
    }


def is_there(url: str) -> bool:
    """Whether all of these servers answer. They are asked anew, whatever they failed a moment ago."""
    for server in cache_at(url, name="health")["LOCATION"]:
        client = Client(normalize_server_spec(server), connect_timeout=CONNECT_SECONDS, timeout=ANSWER_SECONDS)
        try:
            client.version()
        except (OSError, MemcacheError):
            logger.warning("A Memcached is away.", exc_info=True)
            return False
        finally:
            client.close()
    return True
