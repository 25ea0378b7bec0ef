"""The numbers of requests on the home page. Cached for some seconds, since those of a day take 300 ms to compute."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from ops.metrics import DAY, HOUR, families
from ops.metrics.process import metrics
from ops.metrics.summary import OperationSummary, operations
from ops.metrics.windows import History, Window
from reservation.instants import clock
from staff.chart import columns, spread

NUMBERS_TTL_SECONDS = 15
MAX_SHOWN_OPERATIONS, MAX_SHOWN_CODES = 12, 6

SHOWN_WINDOWS = (("Last hour", HOUR), ("Last day", DAY))


def recent_requests() -> list[dict[str, Any]]:
    """Returns the numbers of each window; an empty list while Redis is unavailable."""
    return [numbers for title, window in SHOWN_WINDOWS if (numbers := cached_numbers(title, window)) is not None]


def cached_numbers(title: str, window: Window) -> dict[str, Any] | None:
    key = f"staff:requests:{window.step}"
    numbers = cache.get(key)
    if numbers is None:
        try:
            numbers = describe_window(title, metrics().history(window))
        except RedisError:
            return None
        cache.set(key, numbers, NUMBERS_TTL_SECONDS)
    return dict(numbers)


def describe_window(title: str, history: History) -> dict[str, Any]:
    """Returns the numbers of a window as plain values, which can be cached."""
    requests = [sum(step.of(families.GRAPHQL_REQUESTS).values()) for step in history.steps]
    failed = [sum(step.of(families.GRAPHQL_ERRORS).values()) for step in history.steps]
    found = operations(history)
    slowest = max((operation.p99 for operation in found if operation.p99 is not None), default=0.0)
    return {
        "title": title,
        "key": history.window.step,
        "step": "a minute" if history.window.step_seconds == 60 else f"{history.window.step_seconds // 60} minutes",
        "requests": sum(requests),
        "per_second": sum(requests) / history.seconds,
        "errors": sum(failed),
        "chart": columns(requests, failed, starts=[clock_label(start) for start in history.starts]),
        "operations": [operation_numbers(operation, slowest) for operation in found[:MAX_SHOWN_OPERATIONS]],
        "left_out": max(0, len(found) - MAX_SHOWN_OPERATIONS),
        "codes": top_errors(history),
    }


def clock_label(start: datetime) -> str:
    """Returns the label of a step, in the staff's time zone."""
    return clock(start, timezone.get_current_timezone())


def operation_numbers(operation: OperationSummary, slowest: float) -> dict[str, Any]:
    quantiles = (operation.p50, operation.p95, operation.p99)
    return {
        "name": operation.name,
        "requests": operation.requests,
        "per_second": operation.per_second,
        "errors": operation.errors,
        "quantiles": [as_milliseconds(seconds) for seconds in quantiles],
        "spread": spread(quantiles, longest=slowest),
    }


def as_milliseconds(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return f"{seconds * 1000:.1f} ms" if seconds < 0.01 else f"{seconds * 1000:,.0f} ms"


def top_errors(history: History) -> list[dict[str, Any]]:
    """Returns the most frequent codes of errors."""
    codes: Counter[str] = Counter()
    for (_, code), number in history.counts.of(families.GRAPHQL_ERRORS).items():
        codes[code] += number
    return [{"code": code, "number": number} for code, number in codes.most_common(MAX_SHOWN_CODES)]
