"""Generations: random values in Memcached that are part of what is cached, so that replacing one invalidates it.

A reader fetches the generation before it reads the database, and stores what it found under that generation. A writer
replaces the generation after its commit. A reader that read the database before the commit, however slow it is, then
stores under a generation that nothing looks up any more.
"""

import atexit
import logging
import os
import re
import time
from collections.abc import Iterable, Mapping, Set
from threading import Lock
from typing import Any
from uuid import uuid4

from django.core.cache import caches

from cache.background import INTERVAL_SECONDS
from cache.circuit_breaker import servers_waited_for
from cache.client import memcached
from cache.connection import background

logger = logging.getLogger(__name__)

CACHE = "generations"
GENERATION_TTL_SECONDS = 24 * 60 * 60
"""When a generation expires, a new one replaces it, which invalidates what was cached under it."""

GENERATION_FORMAT = re.compile(r"[0-9a-f]{32}")

INVALIDATION_TRIES = 2
"""How often an invalidation is tried before the change is acknowledged; once, if the server is known to fail."""

ALL_CALENDARS = "calendars"
"""The name of the generation that changes with any provider's calendar."""

END_SECONDS = 1.0
"""How long a process that ends goes on to send what is pending."""

_pending: dict[str, object] = {}
"""Pending invalidations of this process: names of generations that could not be replaced in Memcached yet.

The value is a new object for each invalidation, so that two invalidations of the same name can be distinguished.
"""

_lock = Lock()


def current_generations(names: Iterable[str]) -> dict[str, str]:
    """Returns the current generation of each name, without those that are unavailable or pending invalidation."""
    pending = pending_invalidations()
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


def pending_invalidations() -> Set[str]:
    """Returns the names that this process has invalidated, and that could not be replaced in Memcached yet.

    Call it before a read: what is sent during the read is not part of what was read.
    """
    with _lock:
        return frozenset(_pending)


def invalidate(names: Iterable[str]) -> None:
    """Replaces generations, also on a server that has failed before. What fails is pending: it is tried again in the
    background, until it succeeds.

    A generation is random, and a new one for each try. A counter would repeat values after Memcached has evicted it,
    and so would a value that is sent twice, if the first attempt arrives last.
    """
    own = {name: object() for name in names}
    with _lock:
        _pending.update(own)
    for _ in range(INVALIDATION_TRIES):
        if send_pending():
            return
        if servers_waited_for():
            break
    background.repeat(send_pending)


def send_pending() -> bool:
    """Tries once to send the pending invalidations. Returns whether none is left."""
    with _lock:
        attempted = dict(_pending)
    if attempted:
        values = {name: uuid4().hex for name in attempted}
        failed = memcached(CACHE).set_many(values, timeout=GENERATION_TTL_SECONDS, is_urgent=True)
        with _lock:
            for name in attempted.keys() - set(failed):
                if _pending.get(name) is attempted[name]:  # otherwise it was invalidated again meanwhile
                    del _pending[name]
    return not _pending


def forget_pending() -> None:
    """Drops what is pending: in a forked process, whose parent sends it, and in tests."""
    global _lock
    _lock = Lock()
    _pending.clear()


def send_at_end() -> None:
    """Sends what is pending before the process ends, or tries for END_SECONDS."""
    end = time.monotonic() + END_SECONDS
    while not send_pending():
        if time.monotonic() > end:
            logger.warning("The process ends with changes that Memcached has not heard of.")
            return
        time.sleep(INTERVAL_SECONDS)


os.register_at_fork(after_in_child=forget_pending)
atexit.register(send_at_end)
