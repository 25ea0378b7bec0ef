"""Generations: what is kept under a key that names one is never read again once there is another.

A reader learns the generation before it reads the database, and keeps what it found under that generation. A writer
makes a new one after its commit. So whoever read before the commit, however slowly, fills a key that nobody asks for.
"""

import os
from collections.abc import Iterable
from threading import Lock
from uuid import uuid4

from django.core.cache import caches

CACHE = "generations"

_owed: dict[int, set[str]] = {}
"""Generations that are over, though Memcached could not be told; by process."""

_lock = Lock()


def generations(names: Iterable[str]) -> dict[str, str]:
    """The present generation of each; of none, when Memcached cannot be asked or does not know yet what is over."""
    names = list(names)
    if _owed.get(os.getpid()) and not renew(()):
        return {}
    found: dict[str, str] = caches[CACHE].get_many(names)
    unborn = [name for name in names if name not in found]
    for name in unborn:
        caches[CACHE].add(name, uuid4().hex, timeout=None)
    return found | caches[CACHE].get_many(unborn) if unborn else found


def renew(names: Iterable[str]) -> bool:
    """Begin new generations; answers whether all have begun. Those that could not begin are tried before the next read.

    Each is named at random: numbers would come again after Memcached had forgotten where it was.
    """
    with _lock:
        owed = _owed.setdefault(os.getpid(), set())
        owed.update(names)
        failed = caches[CACHE].set_many({name: uuid4().hex for name in owed}, timeout=None)
        owed.intersection_update(failed)
        return not owed
