"""What staff reads of a window: how much of each operation, how often it failed, and how long it took."""

from collections import Counter
from dataclasses import dataclass

from ops.metrics import families
from ops.metrics.counts import Durations
from ops.metrics.windows import History


@dataclass(frozen=True)
class Operation:
    """errors: how many, not in how many answers. p50, p95, p99: in seconds, to a tenth; None of what never ran."""

    name: str
    requests: int
    per_second: float
    errors: int
    p50: float | None
    p95: float | None
    p99: float | None


def operations(history: History) -> list[Operation]:
    """Each operation that was asked for, the most frequent first."""
    durations = history.counts.durations(families.GRAPHQL_SECONDS)
    errors: Counter[str] = Counter()
    for (name, _), number in history.counts.of(families.GRAPHQL_ERRORS).items():
        errors[name] += number
    found = []
    for (name,), requests in history.counts.of(families.GRAPHQL_REQUESTS).items():
        took = durations.get((name,), Durations())
        p50, p95, p99 = (took.quantile(q) for q in (0.5, 0.95, 0.99))
        found.append(Operation(name, requests, requests / history.seconds, errors[name], p50, p95, p99))
    return sorted(found, key=lambda operation: -operation.requests)
