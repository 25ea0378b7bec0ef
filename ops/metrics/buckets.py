"""Buckets of durations, exact to a tenth: the upper bound of each is 1.2 times that of the one before."""

import math
from bisect import bisect_left
from collections.abc import Mapping
from itertools import count, takewhile

BASE = 1.2
SHORTEST_SECONDS, LONGEST_SECONDS = 0.0001, 60


def bound(bucket: int) -> float:
    """Returns the upper bound of a bucket, in seconds, rounded as it is shown."""
    return float(f"{SHORTEST_SECONDS * BASE**bucket:.6g}")


BOUNDS = (*takewhile(lambda end: end < LONGEST_SECONDS * BASE, map(bound, count())),)
"""The inclusive upper bounds of all buckets but the last, which has none."""
MICROSECONDS = tuple(end * 1_000_000 for end in BOUNDS)


def bucket_of(microseconds: int) -> int:
    """Returns the bucket of a duration."""
    return bisect_left(MICROSECONDS, microseconds)


def quantile(buckets: Mapping[int, int], q: float) -> float | None:
    """Returns the q-quantile in seconds; None when there are no durations.

    buckets: the number of durations in each. The result is the geometric mean of the bucket's bounds, so that from
    0.1 ms to 60 s it is wrong by a factor of √1.2 at most: 9.6 %.
    """
    rank = max(1, math.ceil(q * sum(buckets.values())))
    for bucket in sorted(buckets):
        rank -= buckets[bucket]
        if rank <= 0:
            return BOUNDS[min(bucket, len(BOUNDS) - 1)] / math.sqrt(BASE)
    return None
