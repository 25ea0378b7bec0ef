"""Saying goodbye: for a while before the workers stop, readiness says no, so that nobody sends anything new."""

import mmap

_flag = mmap.mmap(-1, 1)
"""A byte that this process shares with all that are forked from it."""


def drain() -> None:
    """From now on this process and its workers are on their way out."""
    _flag[0] = 1


def is_draining() -> bool:
    """Whether the workers stop soon."""
    return bool(_flag[0])
