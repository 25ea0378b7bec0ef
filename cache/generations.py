"""Generations: what is kept under a key that names one is never read again once there is another.

A reader learns the generation before it reads the database, and keeps what it found under that generation. A writer
makes a new one after its commit. So whoever read before the commit, however slowly, fills a key that nobody asks for.
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
KEPT_SECONDS = 24 * 60 * 60
"""One that is forgotten ends what was kept under it, as another one would."""

NAME = re.compile(r"[0-9a-f]{32}")

TRIES = 2
"""How often Memcached is told that a generation is over, before the change is acknowledged; 100 ms each at most."""

COLLECTIVE = ("calendars",)
"""Those that end with any of many others, after them."""

_owed: dict[int, dict[str, object]] = {}
"""Generations that are over, though Memcached could not be told, each with what it stands for; by process."""

_lock = Lock()


def current_generations(names: Iterable[str]) -> dict[str, str]:
    """The present generation of each; of none that Memcached cannot be asked for, or has not heard to be over."""
    owed = invalidate(()) if has_pending_invalidations() else frozenset()
    names = [name for name in names if name not in owed]
    found = read(names)
    unborn = [name for name in names if name not in found]
    for name in unborn:
        if not caches[CACHE].add(name, uuid4().hex, timeout=KEPT_SECONDS) and name not in read([name]):
            caches[CACHE].set(name, uuid4().hex, timeout=KEPT_SECONDS)  # somebody else has written something there
    return found | read(unborn) if unborn else found


def read(names: Iterable[str]) -> dict[str, str]:
    return those_of_ours(caches[CACHE].get_many(names))


def those_of_ours(kept: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in kept.items() if isinstance(value, str) and NAME.fullmatch(value)}


def has_pending_invalidations() -> bool:
    """Whether there are generations that this process could not tell Memcached to be over."""
    return bool(_owed.get(os.getpid()))


def invalidate(names: Iterable[str]) -> Set[str]:
    """Begin new generations; answers those that could not begin. They are tried again before anything is read.

    Whoever has changed something tells Memcached also when it has failed a moment ago: others may reach it.
    Each is named at random, and anew for each try: numbers would come again after Memcached had forgotten where it was,
    and so would a name that is said twice, if it heard the first time last.
    What is told late ends what others stand for once more: meanwhile somebody has kept there what was old.
    """
    own = {name: object() for name in names}
    with _lock:
        owed = _owed.setdefault(os.getpid(), {})
        late = owed.keys() - COLLECTIVE
        owed.update(own)
        telling = dict(owed)
    for _ in range(TRIES if own else 1):
        values = {name: uuid4().hex for name in telling}
        failed = memcached(CACHE).set_many(values, timeout=KEPT_SECONDS, is_urgent=bool(own))
        with _lock:
            for name in telling.keys() - set(failed):
                if owed.get(name) is telling[name]:  # otherwise it is over once more
                    del owed[name]
        telling = {name: telling[name] for name in failed}
        if not telling:
            break
    with _lock:
        left = frozenset(owed)
    return invalidate(COLLECTIVE) if late - left else left
