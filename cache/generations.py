"""Generations: random values in Memcached that are part of what is cached, so that replacing one invalidates it.

A reader fetches the generation before it reads the database, and stores what it found under that generation. A writer
replaces the generation after its commit. A reader that read the database before the commit, however slow it is, then
stores under a generation that nothing looks up any more.
"""

import os
import re
from collections.abc import Iterable, Mapping, Set
from threading import Lock
from typing import Any
from uuid import uuid4

from django.core.cache import caches

from cache.client import memcached

CACHE = "generations"
GENERATION_TTL_SECONDS = 24 * 60 * 60
"""When a generation expires, a new one replaces it, which invalidates what was cached under it."""

GENERATION_FORMAT = re.compile(r"[0-9a-f]{32}")

INVALIDATION_TRIES = 2
"""How often an invalidation is tried before the change is acknowledged; each try takes 100 ms at most."""

ALL_CALENDARS = "calendars"
"""The name of the generation that changes with any provider's calendar."""

COLLECTIVE = (ALL_CALENDARS,)
"""Generations that are invalidated whenever one of many others is, and after it."""

_pending: dict[int, dict[str, object]] = {}
"""Pending invalidations, by process: names of generations that could not be replaced while Memcached was unavailable.

The value is a new object for each invalidation, so that two invalidations of the same name can be distinguished.
"""

_lock = Lock()


def current_generations(names: Iterable[str]) -> dict[str, str]:
    """Returns the current generation of each name, without those that are unavailable or pending invalidation."""
    pending = invalidate(()) if has_pending_invalidations() else frozenset()
    names = [name for name in names if name not in pending]
    found = fetch_generations(names)
    missing = [name for name in names if name not in found]
    for name in missing:
        is_added = caches[CACHE].add(name, uuid4().hex, timeout=GENERATION_TTL_SECONDS)
        if not is_added and name not in fetch_generations([name]):
            caches[CACHE].set(name, uuid4().hex, timeout=GENERATION_TTL_SECONDS)  # what is stored is not a generation
    return found | fetch_generations(missing) if missing else found


def fetch_generations(names: Iterable[str]) -> dict[str, str]:
    return well_formed(caches[CACHE].get_many(names))


def well_formed(values: Mapping[str, Any]) -> dict[str, str]:
    """Returns the values that have the form of a generation: whatever else is in Memcached is not trusted."""
    return {
        name: value for name, value in values.items() if isinstance(value, str) and GENERATION_FORMAT.fullmatch(value)
    }


def has_pending_invalidations() -> bool:
    """Returns whether this process has invalidated generations that could not be replaced in Memcached yet."""
    return bool(_pending.get(os.getpid()))


def invalidate(names: Iterable[str]) -> Set[str]:
    """Replaces generations, and returns the names that are still pending. They are tried again before the next read.

    It tries a server that has failed within the last second, too: other processes may reach it.

    A generation is random, and a new one for each try. A counter would repeat values after Memcached has evicted it,
    and so would a value that is sent twice, if the first attempt arrives last.

    An invalidation that was pending also invalidates the collective generations once more: meanwhile a reader may have
    stored outdated values under them.
    """
    own = {name: object() for name in names}
    with _lock:
        pending = _pending.setdefault(os.getpid(), {})
        overdue = pending.keys() - COLLECTIVE
        pending.update(own)
        attempted = dict(pending)
    for _ in range(INVALIDATION_TRIES if own else 1):
        values = {name: uuid4().hex for name in attempted}
        failed = memcached(CACHE).set_many(values, timeout=GENERATION_TTL_SECONDS, is_urgent=bool(own))
        with _lock:
            for name in attempted.keys() - set(failed):
                if pending.get(name) is attempted[name]:  # otherwise it was invalidated again meanwhile
                    del pending[name]
        attempted = {name: attempted[name] for name in failed}
        if not attempted:
            break
    with _lock:
        left = frozenset(pending)
    return invalidate(COLLECTIVE) if overdue - left else left
