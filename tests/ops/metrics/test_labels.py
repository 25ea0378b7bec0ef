"""The cardinality limit."""

import logging

import pytest

from ops.metrics import OTHER, Counts, Metrics, families, labels, register_operations
from ops.metrics.exposition import as_text
from tests.ops.metrics.conftest import MakeMetrics


def count_as(metrics: Metrics, operation: str) -> None:
    """Count this operation in every family that has it as a label."""
    counts = Counts()
    counts.count(families.GRAPHQL_REQUESTS, operation)
    counts.observe(families.GRAPHQL_SECONDS, operation, seconds=0.001)
    counts.count(families.GRAPHQL_ERRORS, operation, "NOT_FOUND")
    counts.count(families.SQL_STATEMENTS, operation)
    counts.observe(families.SQL_SECONDS, operation, seconds=0.001)
    metrics.add(counts)


def test_registered_operations_have_series_of_their_own(make_metrics: MakeMetrics) -> None:
    metrics = make_metrics()
    for operation in ("providers", "reserveAppointment", "providers", "invented"):
        metrics.count(families.GRAPHQL_REQUESTS, operation)
    found = metrics.total().of(families.GRAPHQL_REQUESTS)
    assert found == {(OTHER,): 1, ("providers",): 2, ("reserveAppointment",): 1}


def test_ten_thousand_invented_operations_make_few_series(make_metrics: MakeMetrics) -> None:
    metrics = make_metrics()
    count_as(metrics, "providers")
    for number in range(10_000):
        count_as(metrics, f"Invented{number}")
    total = metrics.total()
    assert total.of(families.GRAPHQL_REQUESTS) == {(OTHER,): 10_000, ("providers",): 1}
    lines = [line for line in as_text(total).decode().splitlines() if not line.startswith("#")]
    assert len(lines) <= 200
    assert "Invented" not in "".join(lines)


def test_a_hundred_operations_are_the_limit(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="ops.metrics"):
        register_operations(f"operation{number}" for number in range(98))
        register_operations(["providers"])
        assert caplog.messages == []
        register_operations(["one more"])
    assert (len(labels._operations), "one more" in labels._operations) == (100, False)
    assert caplog.messages == ["More than 100 operations: the others are counted together."]


def test_label_values_are_shortened_and_encodable(make_metrics: MakeMetrics) -> None:
    metrics = make_metrics()
    metrics.count(families.RESERVATIONS, "x" * 1000)
    metrics.count(families.RESERVATIONS, 'a "quoted"\nline \ud800')
    assert sorted(metrics.total().of(families.RESERVATIONS)) == [('a "quoted"\nline ?',), ("x" * 64,)]
    assert r'event="a \"quoted\"\nline ?"' in as_text(metrics.total()).decode()


def test_series_beyond_the_limit_are_counted_as_one(make_metrics: MakeMetrics, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "MAX_SERIES", 3)
    metrics = make_metrics()
    for number in (1, 2, 3, 4, 5, 2):
        metrics.count(families.CACHE_READS, "services", str(number))
    found = metrics.total().of(families.CACHE_READS)
    assert found == {(OTHER, OTHER): 2, ("services", "1"): 1, ("services", "2"): 2, ("services", "3"): 1}
