"""Counts in Prometheus' text format. Series that have never occurred are left out."""

from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from ops.metrics.buckets import BOUNDS
from ops.metrics.counts import Counts, Durations
from ops.metrics.families import FAMILIES, Family, Kind

__all__ = ["CONTENT_TYPE", "as_text"]

PREFIX = "appointments_"
BOUND_LABELS = [*map(floatToGoString, BOUNDS), "+Inf"]


class Snapshot(Collector):
    """Counts as a collector of Prometheus' client library."""

    def __init__(self, counts: Counts) -> None:
        self.counts = counts

    def collect(self) -> Iterator[Metric]:
        for family in FAMILIES:
            yield histogram(family, self.counts) if family.kind is Kind.HISTOGRAM else counter(family, self.counts)


def counter(family: Family, counts: Counts) -> Metric:
    metric = CounterMetricFamily(PREFIX + family.name, family.meaning, labels=family.labels)
    for labels, number in counts.of(family).items():
        metric.add_metric(labels, number / 1_000_000 if family.kind is Kind.SECONDS else number)
    return metric


def histogram(family: Family, counts: Counts) -> Metric:
    metric = HistogramMetricFamily(PREFIX + family.name, family.meaning, labels=family.labels)
    for labels, durations in counts.durations(family).items():
        buckets = list(zip(BOUND_LABELS, cumulative(durations), strict=True))
        metric.add_metric(labels, buckets, durations.microseconds / 1_000_000)
    return metric


def cumulative(durations: Durations) -> Iterator[int]:
    """Yields the number of durations up to the bound of each bucket."""
    return accumulate(durations.buckets.get(bucket, 0) for bucket in range(len(BOUND_LABELS)))


def as_text(counts: Counts) -> bytes:
    return generate_latest(Snapshot(counts))
