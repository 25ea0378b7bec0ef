"""What staff reads of the requests of the last hour and day, kept for some seconds: a day of thirty operations takes
300 ms to put together."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from ops.metrics import DAY, HOUR, families
from ops.metrics.process import metrics
from ops.metrics.summary import Operation, operations
from ops.metrics.windows import History, Window
from staff.chart import columns, spread

KEPT_SECONDS = 15
OPERATIONS, ERRORS = 12, 6
"""How many are shown, of operations and of codes."""

WINDOWS = (("Last hour", HOUR), ("Last day", DAY))


def recent_requests() -> list[dict[str, Any]]:
    """One of each window, to be shown; none while Redis is away."""
    return [told for title, window in WINDOWS if (told := in_window(title, window)) is not None]


def in_window(title: str, window: Window) -> dict[str, Any] | None:
    key = f"admin:requests:{window.step}"
    told = cache.get(key)
    if told is None:
        try:
            told = describe(title, metrics().history(window))
        except RedisError:
            return None
        cache.set(key, told, KEPT_SECONDS)
    return dict(told)


def describe(title: str, history: History) -> dict[str, Any]:
    """Plain values, which any cache keeps."""
    asked = [sum(step.of(families.GRAPHQL_REQUESTS).values()) for step in history.steps]
    failed = [sum(step.of(families.GRAPHQL_ERRORS).values()) for step in history.steps]
    found = operations(history)
    slowest = max((one.p99 for one in found if one.p99 is not None), default=0.0)
    return {
        "title": title,
        "key": history.window.step,
        "step": "a minute" if history.window.step_seconds == 60 else f"{history.window.step_seconds // 60} minutes",
        "requests": sum(asked),
        "per_second": sum(asked) / history.seconds,
        "errors": sum(failed),
        "chart": columns(asked, failed, starts=[hour_of(start) for start in history.starts]),
        "operations": [row(one, slowest) for one in found[:OPERATIONS]],
        "left_out": max(0, len(found) - OPERATIONS),
        "codes": top_errors(history),
    }


def hour_of(start: datetime) -> str:
    """A step's label, by the clock that staff reads."""
    return f"{timezone.localtime(start):%H:%M}"


def row(one: Operation, slowest: float) -> dict[str, Any]:
    quantiles = (one.p50, one.p95, one.p99)
    return {
        "name": one.name,
        "requests": one.requests,
        "per_second": one.per_second,
        "errors": one.errors,
        "share": one.errors / one.requests if one.requests else 0.0,
        "quantiles": [as_milliseconds(seconds) for seconds in quantiles],
        "spread": spread(quantiles, longest=slowest),
    }


def as_milliseconds(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return f"{seconds * 1000:.1f} ms" if seconds < 0.01 else f"{seconds * 1000:,.0f} ms"


def top_errors(history: History) -> list[dict[str, Any]]:
    """The codes that were answered most."""
    codes: Counter[str] = Counter()
    for (_, code), number in history.counts.of(families.GRAPHQL_ERRORS).items():
        codes[code] += number
    return [{"code": code, "number": number} for code, number in codes.most_common(ERRORS)]
