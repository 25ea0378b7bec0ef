"""Checks of the database, and administration of MariaDB."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import pytest

from api.types.ids import from_global_id
from tests.faults.api_client import Request
from tests.faults.load import Load
from tests.faults.stack import Stack
from tests.servers import HOST

MySQLdb = pytest.importorskip("MySQLdb")  # installed where the real stack is

MIN_CONFIRMED = 10
"""How many reservations a load must confirm, for the checks to mean anything."""

NEW_RESERVATIONS = (
    "[(one.pk, one.status, list(one.events.values_list('kind', flat=True)))"
    " for one in Reservation.objects.filter(pk__gt={last})]"
)


def assert_consistent(stack: Stack, *loads: Load) -> None:
    """Asserts that the database has all acknowledged changes and no others, and that each happened once.

    loads: all of this test, with MIN_CONFIRMED. Every change was retried with its idempotency key until it got a
    response.
    """
    reservations = stack.evaluate(NEW_RESERVATIONS.format(last=loads[0].crowd.last_reservation))
    statuses = {pk: status for pk, status, _ in reservations}
    held = [from_global_id(hold, noun="Reservation") for load in loads for hold in load.held]
    confirmed = {from_global_id(hold, noun="Reservation") for load in loads for hold in load.confirmed}
    assert len(confirmed) >= MIN_CONFIRMED
    assert sorted(held) == sorted(statuses)
    assert {pk for pk, status in statuses.items() if status == "CONFIRMED"} == confirmed
    assert {status for pk, status in statuses.items() if pk not in confirmed} <= {"PENDING"}
    assert [kinds for _, _, kinds in reservations if len(set(kinds)) < len(kinds)] == []
    stack.check()


def database_requests(requests: list[Request]) -> list[Request]:
    """The requests that need the database: a public GET may be served from Memcached or by nginx."""
    return [request for request in requests if request.kind != "GET"]


@contextmanager
def admin_cursor(stack: Stack) -> Iterator[Any]:
    """A cursor of MariaDB's administrator."""
    with closing(MySQLdb.connect(host=HOST, port=stack.port("mariadb"), user="root", autocommit=True)) as connection:
        yield connection.cursor()


def connections(cursor: Any) -> list[int]:
    """The ids of the application's connections."""
    cursor.execute("SELECT id FROM information_schema.processlist WHERE user = 'app'")
    return [row[0] for row in cursor.fetchall()]


def aborted_clients(cursor: Any) -> int:
    """How many connections the server has closed since it started, because they idled or their clients disappeared."""
    cursor.execute("SHOW GLOBAL STATUS LIKE 'Aborted_clients'")
    return int(cursor.fetchone()[1])


def kill_connections(cursor: Any, ids: list[int]) -> int:
    """Kills these connections; returns how many were still open."""
    killed = 0
    for number in ids:
        with suppress(MySQLdb.OperationalError):  # it is closed already
            cursor.execute(f"KILL CONNECTION {number}")
            killed += 1
    return killed
