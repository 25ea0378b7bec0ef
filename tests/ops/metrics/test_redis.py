"""Counts in Redis stay exact while Redis fails, and no request waits for it."""

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from mirakuru import TCPExecutor
from redis import Redis
from redis.exceptions import RedisError

from ops.metrics import Counts, Metrics, families
from ops.metrics.redis_store import RedisStore
from ops.metrics.store import Batch
from tests.ops.metrics.conftest import MakeMetrics, hanging, url_of
from tests.ops.metrics.dropping_proxy import dropping_proxy
from tests.servers import HOST, free_port


def held(metrics: Metrics) -> int:
    """The number of holds that all processes have counted."""
    return metrics.total().of(families.RESERVATIONS).get(("held",), 0)


def hold(metrics: Metrics, times: int = 1) -> None:
    for _ in range(times):
        metrics.count(families.RESERVATIONS, "held")


@pytest.fixture(autouse=True)
def _no_periodic_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts are written only when a test writes them."""
    monkeypatch.setattr("ops.metrics.writer.INTERVAL_SECONDS", 3600)


@pytest.fixture
def persistent_redis(tmp_path: Path, redis: TCPExecutor) -> Iterator[TCPExecutor]:
    """A Redis that still has everything that it has applied after a restart."""
    port = free_port()
    files = ["--dir", str(tmp_path), "--appendonly", "yes", "--appendfsync", "no"]
    command = ["redis-server", "--bind", HOST, "--port", str(port), "--save", "", *files]
    with TCPExecutor(command, host=HOST, port=port, timeout=30) as server:
        yield server


def test_processes_count_together(redis: TCPExecutor, make_metrics: MakeMetrics) -> None:
    one, other = make_metrics(redis), make_metrics(redis)
    hold(one, 3)
    hold(other, 4)
    assert held(one) + held(other) == 3 + 7


def test_threads_count_together(redis: TCPExecutor, make_metrics: MakeMetrics) -> None:
    metrics = make_metrics(redis)
    with ThreadPoolExecutor(8) as threads:
        for future in [*(threads.submit(hold, metrics, 500) for _ in range(8)), threads.submit(held, metrics)]:
            future.result()
    assert held(metrics) == 4000


def test_counts_are_written_within_a_second(
    redis: TCPExecutor, make_metrics: MakeMetrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.metrics.writer.INTERVAL_SECONDS", 1)
    counting, reading = make_metrics(redis), make_metrics(redis)
    hold(counting)
    deadline = time.monotonic() + 20
    while not held(reading):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_write_takes_one_round_trip_and_an_empty_one_none(redis: TCPExecutor, make_metrics: MakeMetrics) -> None:
    metrics = make_metrics(redis)
    hold(metrics)
    metrics.writer.write()  # connects and loads the script
    with Redis.from_url(url_of(redis)) as client:

        def reads() -> int:
            return int(client.info("stats")["total_reads_processed"])

        reads_of_info = -reads() + reads()
        before = reads()
        hold(metrics, 100)
        metrics.writer.write()
        metrics.writer.write()
        assert reads() - before == reads_of_info + 1


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_a_batch_without_a_response_counts_once(lost: str, redis: TCPExecutor, make_metrics: MakeMetrics) -> None:
    assert redis.port is not None
    with dropping_proxy(redis.port) as proxy:
        metrics, reader = make_metrics(url=f"redis://{HOST}:{proxy.port}/0"), make_metrics(redis)
        hold(metrics)
        assert held(metrics) == 1
        proxy.lost = lost
        hold(metrics)
        with pytest.raises(RedisError):
            metrics.writer.write()
        assert held(reader) == (1 if lost == "request" else 2)
        hold(metrics)
        assert held(metrics) == held(reader) == 3


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_a_batch_counts_once_when_redis_is_killed_before_it_responds(
    lost: str, persistent_redis: TCPExecutor, make_metrics: MakeMetrics
) -> None:
    assert persistent_redis.port is not None
    with dropping_proxy(persistent_redis.port) as proxy:
        metrics, reader = make_metrics(url=f"redis://{HOST}:{proxy.port}/0"), make_metrics(persistent_redis)
        hold(metrics)
        metrics.writer.write()
        proxy.lost = lost
        hold(metrics)
        with pytest.raises(RedisError):
            metrics.writer.write()
        persistent_redis.kill()
        hold(metrics)
        with pytest.raises(RedisError):
            metrics.writer.write()
        persistent_redis.start()
        metrics.writer.write()
        assert held(reader) == 3


def test_a_batch_that_arrives_after_the_next_one_counts_once(redis: TCPExecutor) -> None:
    store = RedisStore(url_of(redis))
    first, second = (Batch("a", number, time.time(), Counts({("x", "y"): number})) for number in (1, 2))
    for batch in (first, second, first, second, first):
        store.write(batch)
    store.write(Batch("b", 1, time.time(), Counts({("x", "y"): 10})))
    assert store.total() == {("x", "y"): 13}


def test_a_batch_that_fails_half_way_is_not_retried_for_ever(redis: TCPExecutor, make_metrics: MakeMetrics) -> None:
    metrics = make_metrics(redis)
    hold(metrics)
    with Redis.from_url(url_of(redis)) as client:
        client.hset("metrics:total", '["reservations_total","confirmed"]', "no number")
        metrics.count(families.RESERVATIONS, "confirmed")
        with pytest.raises(RedisError):
            metrics.writer.write()
        client.hdel("metrics:total", '["reservations_total","confirmed"]')
    hold(metrics)
    assert held(metrics) == 2


def test_no_request_waits_for_a_hanging_redis(redis: TCPExecutor, make_metrics: MakeMetrics) -> None:
    metrics = make_metrics(redis)
    hold(metrics)
    assert held(metrics) == 1
    with hanging(redis):
        began = time.monotonic()
        hold(metrics, 1000)
        assert time.monotonic() - began < 5  # waiting 50 ms each would be 50 s
        for _ in range(3):
            assert not metrics.writer.try_to_write()
            hold(metrics)
    assert held(metrics) == 1004


def test_the_first_request_does_not_wait_either(redis: TCPExecutor, make_metrics: MakeMetrics) -> None:
    metrics = make_metrics(redis)
    with metrics.writer.lock:  # as a thread holds it while it writes to a hanging Redis
        request = threading.Thread(target=hold, args=(metrics,), daemon=True)
        request.start()
        request.join(timeout=20)
        assert not request.is_alive()
    assert held(metrics) == 1


def test_unwritten_counts_take_memory_by_series_and_not_by_requests(
    redis: TCPExecutor, make_metrics: MakeMetrics
) -> None:
    metrics = make_metrics(redis)
    redis.stop()
    for _ in range(3):
        hold(metrics, 1000)
        assert not metrics.writer.try_to_write()
    assert metrics.writer.unconfirmed is not None
    assert (len(metrics.writer.unconfirmed.counts), len(metrics.unwritten)) == (1, 1)
    redis.start()
    assert held(metrics) == 3000


def test_it_is_logged_once_that_redis_is_unavailable_and_once_that_it_is_back(
    redis: TCPExecutor, make_metrics: MakeMetrics, caplog: pytest.LogCaptureFixture
) -> None:
    metrics = make_metrics(redis)
    with caplog.at_level(logging.INFO, logger="ops.metrics"):
        with hanging(redis):
            hold(metrics)
            assert [metrics.writer.try_to_write() for _ in range(3)] == [False] * 3
        assert [metrics.writer.try_to_write() for _ in range(3)] == [True] * 3
    logged = [(record.name, record.levelname, record.message) for record in caplog.records]
    assert logged == [
        ("ops.metrics", "WARNING", "Counts cannot be written: they wait in the process."),
        ("ops.metrics", "INFO", "Redis is available again: pending counts were written."),
    ]


def test_a_process_that_exits_waits_for_a_hanging_redis(redis: TCPExecutor, make_metrics: MakeMetrics) -> None:
    metrics, reader = make_metrics(redis), make_metrics(redis)
    with hanging(redis):
        hold(metrics)
        assert not metrics.writer.try_to_write()
        closing = threading.Thread(target=metrics.close)
        closing.start()
    closing.join(timeout=20)
    assert (closing.is_alive(), held(reader)) == (False, 1)


def test_a_process_exits_though_redis_stays_unavailable(
    redis: TCPExecutor, make_metrics: MakeMetrics, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.metrics.writer.CLOSE_TIMEOUT_SECONDS", 0.5)
    metrics = make_metrics(redis)
    redis.stop()
    hold(metrics)
    metrics.close()
    assert caplog.messages[-1] == "The process ends with counts that were not written."


def test_the_script_is_loaded_again_after_redis_has_lost_it(redis: TCPExecutor, make_metrics: MakeMetrics) -> None:
    metrics = make_metrics(redis)
    hold(metrics)
    assert held(metrics) == 1
    with Redis.from_url(url_of(redis)) as client:
        client.script_flush()
    hold(metrics)
    assert held(metrics) == 2
