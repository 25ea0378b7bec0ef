"""Counts of one request."""

import pytest

from ops.metrics import Counts, families


def test_counters_are_separate_by_label() -> None:
    counts = Counts()
    counts.count(families.CACHE_READS, "services", "hit")
    counts.count(families.CACHE_READS, "services", "hit", by=3)
    counts.count(families.CACHE_READS, "services", "miss")
    counts.count(families.GRAPHQL_REQUESTS, "providers")
    assert counts.of(families.CACHE_READS) == {("services", "hit"): 4, ("services", "miss"): 1}
    assert counts.of(families.GRAPHQL_REQUESTS) == {("providers",): 1}
    assert counts.of(families.RESERVATIONS) == {}


def test_durations_are_counted_in_buckets_and_summed() -> None:
    counts = Counts()
    for seconds in (0.00011, 0.00012, 0.5):
        counts.observe(families.GRAPHQL_SECONDS, "providers", seconds=seconds)
    counts.observe(families.GRAPHQL_SECONDS, "viewer", seconds=0.0001)
    found = counts.durations(families.GRAPHQL_SECONDS)
    assert list(found) == [("providers",), ("viewer",)]
    providers = found["providers",]
    assert (providers.count, providers.microseconds, providers.buckets[1]) == (3, 500_230, 2)
    assert providers.quantile(0.5) == pytest.approx(0.00012, rel=0.1)
    assert providers.quantile(0.99) == pytest.approx(0.5, rel=0.1)


def test_seconds_that_are_only_summed_have_no_buckets() -> None:
    counts = Counts()
    for _ in range(10):
        counts.observe(families.SQL_SECONDS, "providers", seconds=0.0000014)
    assert counts.of(families.SQL_SECONDS) == {("providers",): 10}
    assert len(counts) == 1


def test_counts_add_up() -> None:
    one, other = Counts(), Counts()
    one.count(families.RESERVATIONS, "held")
    other.count(families.RESERVATIONS, "held", by=2)
    other.count(families.RESERVATIONS, "confirmed")
    one.add(other)
    assert one.of(families.RESERVATIONS) == {("confirmed",): 1, ("held",): 3}


@pytest.mark.parametrize("labels", [(), ("services",), ("services", "hit", "more")])
def test_each_label_has_a_value(labels: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="cache_reads_total has the labels"):
        Counts().count(families.CACHE_READS, *labels)
