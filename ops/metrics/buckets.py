"""How long something took, told to a tenth: each bucket ends 1.2 times as late as the one before."""

import math
from bisect import bisect_left
from collections.abc import Mapping
from itertools import count, takewhile

BASE = 1.2
SHORTEST_SECONDS, LONGEST_SECONDS = 0.0001, 60


def bound(bucket: int) -> float:
    """Where a bucket ends, in seconds, with no more digits than are shown."""
    return float(f"{SHORTEST_SECONDS * BASE**bucket:.6g}")


BOUNDS = (*takewhile(lambda end: end < LONGEST_SECONDS * BASE, map(bound, count())),)
"""The ends of all buckets but the last, which has none. A duration that ends a bucket is in it."""
MICROSECONDS = tuple(end * 1_000_000 for end in BOUNDS)


def bucket_of(microseconds: int) -> int:
    """The bucket of a duration."""
    return bisect_left(MICROSECONDS, microseconds)


def quantile(buckets: Mapping[int, int], q: float) -> float | None:
    """The duration in seconds than which a share q of all is not longer; None when there are none.

    buckets: how many durations are in each. The answer is the geometric middle of the bucket, so from 0.1 ms to 60 s
    it is at most √1.2 times too long or too short: 9.6 %.
    """
    rank = max(1, math.ceil(q * sum(buckets.values())))
    for bucket in sorted(buckets):
        rank -= buckets[bucket]
        if rank <= 0:
            return BOUNDS[min(bucket, len(BOUNDS) - 1)] / math.sqrt(BASE)
    return None
