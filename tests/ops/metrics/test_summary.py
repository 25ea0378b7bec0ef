"""The summary of a window for staff."""

from datetime import UTC, datetime

import pytest

from ops.metrics import HOUR, Counts, History, families
from ops.metrics.summary import operations

NOW = datetime(2030, 5, 6, 12, 0, 40, tzinfo=UTC).timestamp()
SECONDS = 59 * 60 + 40


def test_operations_are_summarised_most_frequent_first() -> None:
    early, late = Counts(), Counts()
    early.count(families.GRAPHQL_REQUESTS, "confirmReservation")
    early.count(families.GRAPHQL_ERRORS, "confirmReservation", "HOLD_EXPIRED")
    late.count(families.GRAPHQL_ERRORS, "confirmReservation", "NOT_FOUND", by=2)
    for counts in (early, late):
        for milliseconds in range(1, 101):
            counts.count(families.GRAPHQL_REQUESTS, "providers")
            counts.observe(families.GRAPHQL_SECONDS, "providers", seconds=milliseconds / 1000)
    history = History(HOUR, NOW, [Counts() for _ in range(HOUR.steps - 2)] + [early, late])
    providers, confirm = operations(history)
    assert (providers.name, providers.requests, providers.errors) == ("providers", 200, 0)
    assert providers.per_second == pytest.approx(200 / SECONDS)
    quantiles = (providers.p50, providers.p95, providers.p99)
    assert quantiles == (pytest.approx(0.050, rel=0.1), pytest.approx(0.095, rel=0.1), pytest.approx(0.099, rel=0.1))
    assert (confirm.name, confirm.requests, confirm.errors) == ("confirmReservation", 1, 3)
    assert (confirm.p50, confirm.p95, confirm.p99) == (None, None, None)


def test_an_hour_without_requests_has_an_empty_summary() -> None:
    assert operations(History(HOUR, NOW, [Counts() for _ in range(HOUR.steps)])) == []
