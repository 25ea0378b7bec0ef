"""A Memcached that fails: what requests wait for, what the background does, and when the server is used again."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches

from cache.circuit_breaker import MAX_FAILURES, circuit_breaker
from cache.client import cache_at
from cache.connection import background, close_connections
from cache.generations import current_generations, invalidate
from tests.cache.conftest import forget_failures
from tests.conftest import CACHES
from tests.faults.stack import wait_until
from tests.gate import Gate, gate_before
from tests.servers import HOST


@pytest.fixture
def gate(memcached: str, settings: Any) -> Iterator[Gate]:
    """A gate before Memcached, through which all caches of the test go."""
    with gate_before(int(memcached.rpartition(":")[2])) as gate:
        settings.CACHES = {name: cache_at(f"memcached://{HOST}:{gate.port}", name=name) for name in CACHES}
        forget_failures()
        yield gate
        forget_failures()
        close_connections()


@pytest.fixture
def is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing happens in the background."""
    monkeypatch.setattr(background, "repeat", lambda task: None)


def trust(gate: Gate) -> None:
    """Ends the time during which a server that is back is not read."""
    breaker = circuit_breaker((HOST, gate.port))
    assert not breaker.waits_for_server
    breaker.open_until = 0.0


def test_a_slow_response_costs_a_hit_and_nothing_else(gate: Gate) -> None:
    cache = caches["default"]
    cache.set("key", "value", 60)
    for _ in range(5):
        gate.swallow()
        assert cache.get("key") is None
        gate.open()
        assert cache.get("key") == "value"


def test_a_server_that_hangs_is_not_tried_again_after_some_failures(gate: Gate, is_alone: None) -> None:
    gate.swallow()
    assert [caches["default"].get("key") for _ in range(MAX_FAILURES + 3)] == [None] * (MAX_FAILURES + 3)
    assert gate.connections == MAX_FAILURES


def test_a_server_that_refuses_is_not_tried_again(gate: Gate, is_alone: None) -> None:
    gate.refuse()
    assert caches["default"].get("key") is None
    gate.open()
    assert caches["default"].get("key") is None
    assert gate.connections == 0


@pytest.mark.parametrize("fault", [Gate.refuse, Gate.swallow])
def test_a_server_that_is_back_is_used_again_without_a_request(gate: Gate, fault: Any) -> None:
    caches["default"].set("key", "value", 60)
    fault(gate)
    for _ in range(MAX_FAILURES):
        assert caches["default"].get("key") is None
    breaker = circuit_breaker((HOST, gate.port))
    assert breaker.waits_for_server
    gate.open()
    wait_until(lambda: not breaker.waits_for_server)
    wait_until(lambda: caches["default"].get("key") == "value")


def test_nothing_is_read_from_a_server_that_is_back_before_others_have_sent_what_it_missed(gate: Gate) -> None:
    caches["default"].set("key", "value", 60)
    breaker = circuit_breaker((HOST, gate.port))
    breaker.open_until = float("inf")
    invalidate(["a"])
    assert not breaker.waits_for_server
    assert breaker.is_open
    trust(gate)
    assert caches["default"].get("key") == "value"


def test_an_invalidation_tries_a_server_that_has_failed(gate: Gate, is_alone: None) -> None:
    former = current_generations(["a"])
    circuit_breaker((HOST, gate.port)).open_until = float("inf")
    assert current_generations(["a"]) == {}
    invalidate(["a"])
    trust(gate)
    assert current_generations(["a"]).keys() == {"a"}
    assert current_generations(["a"]) != former


def test_an_invalidation_waits_for_a_hanging_server_once_while_its_failure_is_known(gate: Gate, is_alone: None) -> None:
    gate.swallow()
    circuit_breaker((HOST, gate.port)).open_until = float("inf")
    for number in range(1, 4):
        invalidate([str(number)])
        assert current_generations([str(number), "other"]) == {}
        assert gate.connections == number


@pytest.mark.parametrize("fault", [Gate.refuse, Gate.swallow])
def test_a_pending_invalidation_is_sent_although_nobody_reads_or_writes(
    gate: Gate, fault: Any, memcached: str, settings: Any
) -> None:
    former = current_generations(["a", "b"])
    fault(gate)
    invalidate(["a"])
    assert current_generations(["a"]) == {}
    gate.open()
    wait_until(lambda: background.thread is None)
    settings.CACHES = {name: cache_at(memcached, name=name) for name in CACHES}
    current = current_generations(["a", "b"])
    assert current["a"] != former["a"]
    assert current["b"] == former["b"]


def test_the_thread_runs_only_while_there_is_work(gate: Gate) -> None:
    for _ in range(2):
        gate.refuse()
        invalidate(["a"])
        assert [thread.daemon for thread in threading.enumerate() if thread.name == "cache"] == [True]
        gate.open()
        wait_until(lambda: background.thread is None)
        wait_until(lambda: all(thread.name != "cache" for thread in threading.enumerate()))
