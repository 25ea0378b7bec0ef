"""Rows as small plain values in Memcached, for a minute."""

import random
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.core.cache import caches
from django.db import connection

from cache.generations import current_generations

K = TypeVar("K", bound=Hashable)

KEPT_SECONDS = 60
SPREAD = 0.1
"""So much shorter or longer, so that what was kept at once is not missed at once."""


class Rows(Generic[K]):
    """What was read lately, by key.

    cache: the name of Django's cache in which it is kept.
    name: how a key is written there.
    generation: the name of the generation that a key belongs to.
    is_ours: whether a value has the form of what we keep: whoever else writes there is not believed.
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
        """The values of these keys; `load` reads from the database those that are missing, as values for JSON.

        What `load` does not answer is not there, and not kept: nobody can fill Memcached with keys of nothing.
        """
        keys = list(dict.fromkeys(keys))
        if not is_used():
            return dict(load(keys))
        present = current_generations({self.generation(key) for key in keys})
        names = {
            key: f"{generation}:{self.name(key)}"
            for key in keys
            if (generation := present.get(self.generation(key))) is not None
        }
        kept = caches[self.cache].get_many(names.values()) if names else {}
        found = {key: kept[name] for key, name in names.items() if name in kept and self.is_ours(kept[name])}
        if missing := [key for key in keys if key not in found]:
            loaded = load(missing)
            found |= loaded
            if fresh := {names[key]: value for key, value in loaded.items() if key in names}:
                seconds = KEPT_SECONDS * random.uniform(1 - SPREAD, 1 + SPREAD)
                caches[self.cache].set_many(fresh, timeout=round(seconds))
        return found


def is_used() -> bool:
    """Whether rows are kept. Within a transaction the database is asked: it alone knows what was changed there."""
    return bool(settings.MEMCACHED_URL) and not connection.in_atomic_block
