"""A connection to MySQL is pinged only when its health is in doubt."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, close_old_connections, connection, connections

from database import connection_health
from database.connection_health import FRESH_SECONDS, ConnectionHealth
from reservation.models import Service
from tests.factories import make_service

pytestmark = [
    pytest.mark.skipif(connection.vendor != "mysql", reason="Other databases keep Django's own check."),
    pytest.mark.django_db(transaction=True),
]


class Clock:
    def __init__(self) -> None:
        self.now = time.monotonic()

    def monotonic(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """A new connection whose clock moves only when the test moves it."""
    clock = Clock()
    monkeypatch.setattr(connection_health, "time", clock)
    connection.close()
    connection.connect()
    yield clock
    connection.close()


@pytest.fixture
def pings(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> list[int]:
    """The ids of the connections that are pinged from now on."""
    sent: list[int] = []
    wrapper_class = type(connections["default"])
    is_usable = wrapper_class.is_usable

    def note(wrapper: Any) -> bool:
        sent.append(wrapper.connection.thread_id())
        return is_usable(wrapper)

    monkeypatch.setattr(wrapper_class, "is_usable", note)
    return sent


def connection_id() -> int:
    """The id that the server has for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CONNECTION_ID()")
        return int(cursor.fetchone()[0])


def begin_request() -> None:
    """What Django does at the beginning of a request."""
    close_old_connections()


def kill(number: int) -> None:
    """Makes the server close this connection, and waits until the socket shows it."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(f"KILL CONNECTION {number}")
    finally:
        other.close()
    deadline = time.monotonic() + 60
    health: Any = connection.is_usable
    while not health.socket.poll(10):
        assert time.monotonic() < deadline


def test_each_connection_has_a_check_of_its_own() -> None:
    assert isinstance(connection.is_usable, ConnectionHealth)
    first = connection.is_usable
    connection.close()
    connection.connect()
    assert connection.is_usable is not first


def test_a_busy_connection_is_not_pinged(pings: list[int], clock: Clock) -> None:
    first = connection_id()
    for _ in range(20):
        clock.now += FRESH_SECONDS * 0.9
        begin_request()
        assert connection_id() == first
    assert pings == []


def test_an_idle_connection_is_pinged_once(pings: list[int], clock: Clock) -> None:
    first = connection_id()
    clock.now += FRESH_SECONDS * 1.1
    begin_request()
    assert connection_id() == first
    assert pings == [first]
    begin_request()
    assert connection_id() == first
    assert pings == [first]


def test_a_connection_with_an_error_is_pinged_once(pings: list[int]) -> None:
    first = connection_id()
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert connection.errors_occurred
    begin_request()
    assert pings == [first]
    assert connection_id() == first
    begin_request()
    assert connection_id() == first
    assert pings == [first]


def test_a_connection_that_the_server_closed_is_replaced_before_a_request(pings: list[int]) -> None:
    make_service()
    first = connection_id()
    begin_request()
    kill(first)
    assert Service.objects.count() == 1
    assert connection_id() != first
    assert pings == [first]
    # The new connection counts as healthy
    begin_request()
    connection_id()
    assert pings == [first]


def test_a_connection_closed_during_a_request_is_an_error_and_the_next_request_works(pings: list[int]) -> None:
    begin_request()
    first = connection_id()
    kill(first)
    with pytest.raises(OperationalError):
        connection_id()
    begin_request()
    assert connection_id() != first
    assert pings == [first]
