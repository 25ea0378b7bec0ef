"""A connection to MySQL is asked whether it is there only where that is in doubt."""

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
    pytest.mark.skipif(connection.vendor != "mysql", reason="Of other databases Django asks as ever."),
    pytest.mark.django_db(transaction=True),
]


class Clock:
    def __init__(self) -> None:
        self.now = time.monotonic()

    def monotonic(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """What a connection that is new takes for the time: it stands still."""
    clock = Clock()
    monkeypatch.setattr(connection_health, "time", clock)
    connection.close()
    connection.connect()
    yield clock
    connection.close()


@pytest.fixture
def pings(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> list[int]:
    """The number of each connection that the server was asked about from now on, by its number."""
    asked: list[int] = []
    wrapper_class = type(connections["default"])
    is_usable = wrapper_class.is_usable

    def note(wrapper: Any) -> bool:
        asked.append(wrapper.connection.thread_id())
        return is_usable(wrapper)

    monkeypatch.setattr(wrapper_class, "is_usable", note)
    return asked


def number() -> int:
    """Which connection this is, as the server counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CONNECTION_ID()")
        return int(cursor.fetchone()[0])


def begin_request() -> None:
    """What Django does when one begins."""
    close_old_connections()


def end(which: int) -> None:
    """Let the server end this connection; until our side has been told of it."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(f"KILL CONNECTION {which}")
    finally:
        other.close()
    deadline = time.monotonic() + 60
    mine: Any = connection.is_usable
    while not mine.socket.poll(10):
        assert time.monotonic() < deadline


def test_who_is_connected_answers_by_itself() -> None:
    assert isinstance(connection.is_usable, ConnectionHealth)
    first = connection.is_usable
    connection.close()
    connection.connect()
    assert connection.is_usable is not first


def test_a_connection_that_is_used_all_the_time_is_not_asked(pings: list[int], clock: Clock) -> None:
    first = number()
    for _ in range(20):
        clock.now += FRESH_SECONDS * 0.9
        begin_request()
        assert number() == first
    assert pings == []


def test_one_that_was_idle_is_asked_once(pings: list[int], clock: Clock) -> None:
    first = number()
    clock.now += FRESH_SECONDS * 1.1
    begin_request()
    assert number() == first
    assert pings == [first]
    begin_request()
    assert number() == first
    assert pings == [first]


def test_one_that_met_an_error_is_asked_once(pings: list[int]) -> None:
    first = number()
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert connection.errors_occurred
    begin_request()
    assert pings == [first]
    assert number() == first
    begin_request()
    assert number() == first
    assert pings == [first]


def test_one_that_the_server_has_ended_is_replaced_before_anybody_notices(pings: list[int]) -> None:
    make_service()
    first = number()
    begin_request()
    end(first)
    assert Service.objects.count() == 1
    assert number() != first
    assert pings == [first]
    # The next one is believed as the first was
    begin_request()
    number()
    assert pings == [first]


def test_one_that_ends_while_it_is_used_is_an_error_and_the_next_statement_works(pings: list[int]) -> None:
    begin_request()
    first = number()
    end(first)
    with pytest.raises(OperationalError):
        number()
    begin_request()
    assert number() != first
    assert pings == [first]
