"""A summary of a window for staff: requests, errors and durations of each operation."""

from collections import Counter
from dataclasses import dataclass

from ops.metrics import families
from ops.metrics.counts import Durations
from ops.metrics.windows import History


@dataclass(frozen=True)
class OperationSummary:
    """errors: the number of errors, not of responses with errors. p50, p95, p99: quantiles in seconds, or None."""

    name: str
    requests: int
    per_second: float
    errors: int
    p50: float | None
    p95: float | None
    p99: float | None


def operations(history: History) -> list[OperationSummary]:
    """Returns the operations of the window, the most frequent first."""
    durations = history.counts.durations(families.GRAPHQL_SECONDS)
    errors: Counter[str] = Counter()
    for (name, _), number in history.counts.of(families.GRAPHQL_ERRORS).items():
        errors[name] += number
    found = []
    for (name,), requests in history.counts.of(families.GRAPHQL_REQUESTS).items():
        of_operation = durations.get((name,), Durations())
        p50, p95, p99 = (of_operation.quantile(q) for q in (0.5, 0.95, 0.99))
        found.append(OperationSummary(name, requests, requests / history.seconds, errors[name], p50, p95, p99))
    return sorted(found, key=lambda operation: -operation.requests)
