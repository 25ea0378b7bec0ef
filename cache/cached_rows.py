"""Rows of the database cached in Memcached, as JSON values, for a minute."""

import random
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.core.cache import caches
from django.db import connection

from cache.generations import current_generations

K = TypeVar("K", bound=Hashable)

ROW_TTL_SECONDS = 60
TTL_SPREAD = 0.1
"""By what share a TTL is randomly shorter or longer, so that rows cached together do not expire together."""


class Rows(Generic[K]):
    """Cached rows, by key.

    cache: the name of the Django cache.
    name: the name of a key in it.
    generation: the name of the generation that invalidates a key.
    is_ours: whether a value has the right form; any other value in Memcached is a miss.
    """

    def __init__(
        self,
        cache: str,
        *,
        name: Callable[[K], str],
        generation: Callable[[K], str],
        is_ours: Callable[[Any], bool],
    ) -> None:
        self.cache = cache
        self.name = name
        self.generation = generation
        self.is_ours = is_ours

    def read(self, keys: Iterable[K], load: Callable[[list[K]], Mapping[K, Any]]) -> dict[K, Any]:
        """Returns the values of these keys; `load` reads the missing ones from the database, as JSON values.

        A key that `load` does not return does not exist, and is not cached: made-up keys cannot fill Memcached.
        """
        keys = list(dict.fromkeys(keys))
        if not is_enabled():
            return dict(load(keys))
        generations = current_generations({self.generation(key) for key in keys})
        names = {
            key: f"{generation}:{self.name(key)}"
            for key in keys
            if (generation := generations.get(self.generation(key))) is not None
        }
        cached = caches[self.cache].get_many(names.values()) if names else {}
        found = {key: cached[name] for key, name in names.items() if name in cached and self.is_ours(cached[name])}
        if missing := [key for key in keys if key not in found]:
            loaded = load(missing)
            found |= loaded
            if fresh := {names[key]: value for key, value in loaded.items() if key in names}:
                seconds = ROW_TTL_SECONDS * random.uniform(1 - TTL_SPREAD, 1 + TTL_SPREAD)
                caches[self.cache].set_many(fresh, timeout=round(seconds))
        return found


def is_enabled() -> bool:
    """Returns whether the cache is used. Not in a transaction: only the database knows its uncommitted changes."""
    return bool(settings.MEMCACHED_URL) and not connection.in_atomic_block
