"""Memcached as a Django cache backend. An unavailable or hanging server costs hits and a moment, never an error."""

import os
from collections.abc import Callable, Collection, Iterable
from typing import Any, cast

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.memcached import PyMemcacheCache
from django.dispatch import Signal

from cache.connection import (
    CONNECT_TIMEOUT_SECONDS,
    READ_TIMEOUT_SECONDS,
    UNREADABLE,
    Connections,
    JsonSerde,
    Unavailable,
    connections,
    servers_of,
)

cache_read = Signal()
"""A cache was read. Sends `cache`, its name, and the numbers of `hits`, `misses` and `errors`."""


class Memcached(PyMemcacheCache):
    """Django's backend, except that an unavailable server is a miss, and that connections stay open."""

    @property
    def _cache(self) -> Connections:
        key = os.getpid(), *self.client_servers
        of_thread = connections()
        if key not in of_thread:
            of_thread[key] = Connections(self.client_servers, **self._options)  # type: ignore[attr-defined]
        return of_thread[key]

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
            except Unavailable:
                errors += len(own)
            else:
                found |= {names[name]: value for name, value in read.items() if value is not UNREADABLE}
        self.report(hits=len(found), misses=len(names) - len(found) - errors, errors=errors)
        return found

    def set_many(
        self,
        data: dict[str, Any],
        timeout: Any = DEFAULT_TIMEOUT,
        version: int | None = None,
        *,
        is_urgent: bool = False,
    ) -> list[str]:
        """Returns the keys that could not be set: those of unavailable servers.

        is_urgent: whether to try a server that has not responded since it failed, too.
        """
        names = {self.make_and_validate_key(key, version=version): key for key in data}
        failed: list[str] = []
        for server, own in self._cache.by_server(names):
            set_many = server.set_many_urgently if is_urgent else server.set_many
            try:
                failed += set_many({name: data[names[name]] for name in own}, self.get_backend_timeout(timeout))
            except Unavailable:
                failed += own
        if failed:
            self.report(errors=len(failed))
        return [names[name] for name in failed]

    def add(self, key: str, *arguments: Any, **options: Any) -> bool:
        """Returns whether the key was free. True while the server is unavailable, so that no lock blocks then."""
        return bool(self.attempt(super().add, key, *arguments, default=True, **options))

    def set(self, key: str, *arguments: Any, **options: Any) -> None:
        self.attempt(super().set, key, *arguments, default=None, **options)

    def touch(self, key: str, *arguments: Any, **options: Any) -> bool:
        return bool(self.attempt(super().touch, key, *arguments, default=False, **options))

    def delete(self, key: str, *arguments: Any, **options: Any) -> bool:
        return bool(self.attempt(super().delete, key, *arguments, default=False, **options))

    def delete_many(self, keys: Any, *arguments: Any, **options: Any) -> None:
        self.attempt(super().delete_many, keys, *arguments, default=None, **options)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Raises ValueError when the key does not exist, and when the server is unavailable."""
        try:
            return int(super().incr(key, delta, version=version))
        except Unavailable:
            self.report(errors=1)
            raise ValueError("Memcached is unavailable.") from None

    def close(self, **options: Any) -> None:
        """Does nothing: the connection stays open for the next request."""

    def attempt(self, command: Callable[..., Any], *arguments: Any, default: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except Unavailable:
            self.report(errors=1)
            return default

    def get_with(self, key: str, other: "Memcached", other_keys: Collection[str]) -> tuple[Any, dict[str, Any], int]:
        """Reads a key of this cache and keys of another one on the same servers, in one round trip for each server.

        Returns the value, the other values, and the number of keys whose server is unavailable. Reports nothing: only
        the caller knows whether the value is a hit.
        """
        own_name = self.make_key(key)
        names = {other.make_key(one): one for one in other_keys}
        found: dict[str, Any] = {}
        errors = 0
        for server, own in self._cache.by_server([own_name, *names]):
            try:
                found |= server.get_many(own)
            except Unavailable:
                errors += len(own)
        return found.pop(own_name, None), {names[name]: value for name, value in found.items()}, errors

    def report(self, *, hits: int = 0, misses: int = 0, errors: int = 0) -> None:
        cache_read.send(Memcached, cache=self.key_prefix, hits=hits, misses=misses, errors=errors)


def memcached(name: str) -> Memcached:
    """Returns the cache of this name, which must be one in Memcached."""
    return cast("Memcached", caches[name])


def cache_at(url: str, *, name: str) -> dict[str, Any]:
    """Returns Django's settings of this cache.

    url: memcached://host:port[,host:port…]; empty for a cache in the process's memory.
    """
    if not url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    return {
        "BACKEND": "cache.client.Memcached",
        "KEY_PREFIX": name,
        "LOCATION": servers_of(url),
        "OPTIONS": {
            "serde": JsonSerde(),
            "no_delay": True,
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "timeout": READ_TIMEOUT_SECONDS,
        },
    }
