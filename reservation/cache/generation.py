"""Generations: what is kept under a key that names one is never read again once there is another.

A reader learns the generation before it reads the database, and keeps what it found under that generation. A writer
makes a new one after its commit. So whoever read before the commit, however slowly, fills a key that nobody asks for.
"""

import os
import re
from collections.abc import Iterable, Set
from threading import Lock
from uuid import uuid4

from django.core.cache import caches

CACHE = "generations"
NAME = re.compile(r"[0-9a-f]{32}")

_owed: dict[int, set[str]] = {}
"""Generations that are over, though Memcached could not be told; by process."""

_lock = Lock()


def generations(names: Iterable[str]) -> dict[str, str]:
    """The present generation of each; of none that Memcached cannot be asked for, or has not heard to be over."""
    owed = renew(()) if _owed.get(os.getpid()) else frozenset()
    names = [name for name in names if name not in owed]
    found = read(names)
    unborn = [name for name in names if name not in found]
    for name in unborn:
        if not caches[CACHE].add(name, uuid4().hex, timeout=None) and name not in read([name]):
            caches[CACHE].set(name, uuid4().hex, timeout=None)  # somebody else has written something there
    return found | read(unborn) if unborn else found


def read(names: Iterable[str]) -> dict[str, str]:
    kept = caches[CACHE].get_many(names)
    return {name: value for name, value in kept.items() if isinstance(value, str) and NAME.fullmatch(value)}


def renew(names: Iterable[str]) -> Set[str]:
    """Begin new generations; answers those that could not begin. They are tried again before anything is read.

    Each is named at random: numbers would come again after Memcached had forgotten where it was.
    """
    with _lock:
        owed = _owed.setdefault(os.getpid(), set())
        owed.update(names)
        failed = caches[CACHE].set_many({name: uuid4().hex for name in owed}, timeout=None)
        owed.intersection_update(failed)
        return frozenset(owed)
