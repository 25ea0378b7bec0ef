"""Memcached as a cache of Django's. One that is away, or hangs, costs hits and a moment, never an error."""

import os
from collections.abc import Callable, Collection, Iterable
from typing import Any, cast

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.memcached import PyMemcacheCache
from django.dispatch import Signal

from cache.connection import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    UNREADABLE,
    Away,
    Connections,
    JsonSerde,
    connections,
    servers_of,
)

cache_read = Signal()
"""A cache was read. Sends `cache`, its name, and the numbers of `hits`, `misses` and `errors`."""


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

    def set_many(
        self,
        data: dict[str, Any],
        timeout: Any = DEFAULT_TIMEOUT,
        version: int | None = None,
        *,
        is_urgent: bool = False,
    ) -> list[str]:
        """Answers the keys that could not be set: those of servers that are away.

        is_urgent: whether to try also where a server has failed a moment ago.
        """
        names = {self.make_and_validate_key(key, version=version): key for key in data}
        failed: list[str] = []
        for server, own in self._cache.by_server(names):
            set_many = server.set_many_urgently if is_urgent else server.set_many
            try:
                failed += set_many({name: data[names[name]] for name in own}, self.get_backend_timeout(timeout))
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
        """The connection is kept for the next request, whoever closes Django's caches."""

    def attempt(self, command: Callable[..., Any], *arguments: Any, absent: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except Away:
            self.tell(errors=1)
            return absent

    def get_with(self, key: str, other: "Memcached", other_keys: Collection[str]) -> tuple[Any, dict[str, Any], int]:
        """What is under this key, what another cache on the same servers has, and how many keys could not be asked for:
        all of one server at once. It tells nothing: only who asks knows whether what was found is of use."""
        place = self.make_key(key)
        names = {other.make_key(one): one for one in other_keys}
        found: dict[str, Any] = {}
        errors = 0
        for server, own in self._cache.by_server([place, *names]):
            try:
                found |= server.get_many(own)
            except Away:
                errors += len(own)
        return found.pop(place, None), {names[name]: value for name, value in found.items()}, errors

    def tell(self, *, hits: int = 0, misses: int = 0, errors: int = 0) -> None:
        cache_read.send(Memcached, cache=self.key_prefix, hits=hits, misses=misses, errors=errors)


def memcached(name: str) -> Memcached:
    """The cache of this name, where there is a Memcached."""
    return cast("Memcached", caches[name])


def cache_at(url: str, *, name: str) -> dict[str, Any]:
    """Django's settings of this cache. url: memcached://host:port[,host:port…]; empty for one in the process."""
    if not url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    return {
        "BACKEND": "cache.client.Memcached",
        "KEY_PREFIX": name,
        "LOCATION": servers_of(url),
        "OPTIONS": {
            "serde": JsonSerde(),
            "no_delay": True,
            "connect_timeout": CONNECT_SECONDS,
            "timeout": ANSWER_SECONDS,
        },
    }
