"""Counts in Prometheus' text format, as Prometheus' own parser reads them."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families

from ops.metrics import Counts, families
from ops.metrics.buckets import BOUNDS
from ops.metrics.exposition import PREFIX, as_text
from ops.metrics.families import FAMILIES, Kind

OPERATIONS: Path = settings.BASE_DIR / "docs" / "operations.md"


def parsed(counts: Counts) -> dict[str, dict[tuple[str, ...], float]]:
    """Each sample by its name and the values of its labels, in the order of their names."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(as_text(counts).decode()):
        for sample in family.samples:
            labels = tuple(value for _, value in sorted(sample.labels.items()))
            found.setdefault(sample.name.removeprefix(PREFIX), {})[labels] = sample.value
    return found


def test_numbers_and_seconds_are_counters() -> None:
    counts = Counts()
    counts.count(families.HTTP_REQUESTS, "graphql", "200", by=7)
    counts.count(families.HTTP_REQUESTS, "graphql", "404")
    counts.observe(families.SQL_SECONDS, "providers", seconds=1.25)
    assert parsed(counts) == {
        "http_requests_total": {("graphql", "200"): 7, ("graphql", "404"): 1},
        "sql_seconds_total": {("providers",): 1.25},
    }


def test_a_histogram_has_every_bucket_of_operations_that_occurred() -> None:
    counts = Counts()
    for seconds in (0.00005, 0.001, 0.001, 100):
        counts.observe(families.GRAPHQL_SECONDS, "providers", seconds=seconds)
    found = parsed(counts)
    buckets = {float(end): number for (end, _), number in found["graphql_request_seconds_bucket"].items()}
    assert list(buckets) == [*BOUNDS, float("inf")]
    assert [buckets[end] for end in (BOUNDS[0], BOUNDS[12], BOUNDS[13], BOUNDS[-1], float("inf"))] == [1, 1, 3, 3, 4]
    assert found["graphql_request_seconds_count"] == {("providers",): 4}
    assert found["graphql_request_seconds_sum"] == {("providers",): pytest.approx(100.00205)}


def test_series_that_never_occurred_are_left_out() -> None:
    assert parsed(Counts()) == {}


def test_series_of_another_release_are_ignored() -> None:
    counts = Counts({("gone_total", "x"): 1, ("http_requests_total", "graphql"): 2, ("graphql_request_seconds",): 3})
    assert parsed(counts) == {}


def test_families_have_the_order_of_the_table() -> None:
    text = as_text(Counts()).decode()
    exposed = re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE)
    kinds = {Kind.COUNT: "counter", Kind.SECONDS: "counter", Kind.HISTOGRAM: "histogram"}
    assert exposed == [(PREFIX + family.name, kinds[family.kind]) for family in FAMILIES]


def test_the_documented_table_of_metrics_equals_the_families_in_code() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \|$", OPERATIONS.read_text(), re.MULTILINE)
    labels = [", ".join(f"`{label}`" for label in family.labels) for family in FAMILIES]
    documented = [(PREFIX + family.name, label, family.meaning) for family, label in zip(FAMILIES, labels, strict=True)]
    assert [row for row in rows if row[0].startswith(PREFIX)] == documented
