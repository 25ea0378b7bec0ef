"""Fixtures of the tests of metrics."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from mirakuru import TCPExecutor

from ops.metrics import Metrics, labels, metrics, process, register_operations
from ops.metrics.redis_store import RedisStore
from ops.metrics.store import LocalStore
from tests.servers import HOST

MakeMetrics = Callable[..., Metrics]


def url_of(redis: TCPExecutor) -> str:
    return f"redis://{HOST}:{redis.port}/0"


@contextmanager
def hanging(redis: TCPExecutor) -> Iterator[None]:
    """Suspends Redis until the block ends: it accepts commands and does not respond."""
    assert redis.process is not None
    redis.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        redis.process.send_signal(signal.SIGCONT)


def close(metrics: Metrics) -> None:
    """Close these metrics at once, even while Redis is unavailable."""
    metrics.writer.is_closed.set()
    if metrics.writer.thread is not None:
        metrics.writer.thread.join()
    metrics.store.close()


@pytest.fixture(autouse=True)
def operations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registers two operations, so that they have their own series."""
    monkeypatch.setattr(labels, "_operations", set())
    register_operations(["providers", "reserveAppointment"])


@pytest.fixture
def make_metrics() -> Iterator[MakeMetrics]:
    """Makes metrics like those of another process: in Redis, or in memory. They are closed after the test."""
    made: list[Metrics] = []

    def make(redis: TCPExecutor | None = None, *, url: str = "") -> Metrics:
        url = url_of(redis) if redis else url
        made.append(Metrics(RedisStore(url) if url else LocalStore()))
        return made[-1]

    yield make
    for one in made:
        close(one)


@pytest.fixture
def counting(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Metrics]:
    """The metrics of this process, in memory and from zero."""
    settings.METRICS, settings.REDIS_URL = True, ""
    made: dict[Any, Metrics] = {}
    monkeypatch.setattr(process, "_metrics", made)
    yield metrics()
    for one in made.values():
        close(one)
