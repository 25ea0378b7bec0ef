"""Counts in Prometheus' text format. What never occurred is not there."""

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
ENDS = [*map(floatToGoString, BOUNDS), "+Inf"]


class Snapshot(Collector):
    """What Prometheus' library writes."""

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
        buckets = list(zip(ENDS, up_to_each(durations), strict=True))
        metric.add_metric(labels, buckets, durations.microseconds / 1_000_000)
    return metric


def up_to_each(durations: Durations) -> Iterator[int]:
    """How many were in each bucket or in one before it."""
    return accumulate(durations.buckets.get(bucket, 0) for bucket in range(len(ENDS)))


def as_text(counts: Counts) -> bytes:
    return generate_latest(Snapshot(counts))
