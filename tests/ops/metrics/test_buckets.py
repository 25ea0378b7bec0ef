"""Durations in buckets: exact to a tenth, from 0.1 ms to a minute."""

import math
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.metrics.buckets import BASE, BOUNDS, bucket_of, quantile

MICROSECONDS = st.integers(min_value=100, max_value=60_000_000)
QUANTILES = st.one_of(st.sampled_from([0.0, 0.5, 0.95, 0.99, 1.0]), st.floats(min_value=0, max_value=1))


def test_buckets_go_from_a_tenth_of_a_millisecond_to_a_minute() -> None:
    assert BOUNDS[0] == 0.0001
    assert BOUNDS[-2] < 60 <= BOUNDS[-1]
    assert all(later / earlier == pytest.approx(BASE, rel=1e-5) for earlier, later in pairwise(BOUNDS))


@pytest.mark.parametrize(("microseconds", "bucket"), [(0, 0), (100, 0), (101, 1), (120, 1), (121, 2)])
def test_a_bound_is_inclusive(microseconds: int, bucket: int) -> None:
    assert bucket_of(microseconds) == bucket


def test_the_last_bucket_has_no_bound() -> None:
    assert bucket_of(61_000_000) == bucket_of(10**12) == len(BOUNDS)
    assert quantile({len(BOUNDS): 3}, 0.5) == quantile({len(BOUNDS) - 1: 3}, 0.5)


@given(durations=st.lists(MICROSECONDS, min_size=1, max_size=200), q=QUANTILES)
def test_a_quantile_is_at_most_a_tenth_too_long_or_too_short(durations: list[int], q: float) -> None:
    exact = sorted(durations)[max(1, math.ceil(q * len(durations))) - 1] / 1_000_000
    estimate = quantile(Counter(map(bucket_of, durations)), q)
    assert estimate is not None
    worst = math.sqrt(BASE) * (1 + 1e-5)  # the bounds of buckets have six digits
    assert exact / worst <= estimate <= exact * worst
    assert abs(estimate / exact - 1) < 0.096


def test_no_durations_have_no_quantile() -> None:
    assert quantile({}, 0.5) is None
