"""Draining: readiness fails for a while before the workers stop, so that load balancers send no new requests."""

import mmap

_flag = mmap.mmap(-1, 1)
"""A byte in memory that this process shares with the workers forked from it."""


def drain() -> None:
    """Makes readiness fail from now on, in this process and its workers."""
    _flag[0] = 1


def is_draining() -> bool:
    """Returns whether the workers stop soon."""
    return bool(_flag[0])
