"""Request metrics: counted in memory, written to Redis once a second, shown at /metrics and in the admin.

counts = Counts()
counts.count(families.GRAPHQL_REQUESTS, operation)
counts.observe(families.GRAPHQL_SECONDS, operation, seconds=0.012)
metrics().add(counts)
"""

from ops.metrics import families
from ops.metrics.counts import Counts, Durations
from ops.metrics.labels import OTHER, register_operations
from ops.metrics.process import Metrics, NullMetrics, metrics
from ops.metrics.windows import DAY, HOUR, History

__all__ = [
    "DAY",
    "HOUR",
    "OTHER",
    "Counts",
    "Durations",
    "History",
    "Metrics",
    "NullMetrics",
    "families",
    "metrics",
    "register_operations",
]
