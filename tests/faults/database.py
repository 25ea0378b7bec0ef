"""What the tests of MariaDB and of its errors look at."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import pytest

from api.types.ids import from_global_id
from tests.faults.load import Load
from tests.faults.stack import Stack
from tests.faults.visitor import Request
from tests.servers import HOST

MySQLdb = pytest.importorskip("MySQLdb")  # which is there when the real stack is

MADE = (
    "[(made.pk, made.status, list(made.events.values_list('kind', flat=True)))"
    " for made in Reservation.objects.filter(pk__gt={last})]"
)


def assert_kept(stack: Stack, *loads: Load) -> None:
    """What clients were told is so, what they were not told is not there, and each thing happened once.

    loads: all that there were in this test. Every change was sent again, with its key, until it was answered.
    """
    made = stack.count(MADE.format(last=loads[0].crowd.last_reservation))
    statuses = {pk: status for pk, status, _ in made}
    held = [from_global_id(hold, noun="Reservation") for load in loads for hold in load.held]
    confirmed = {from_global_id(hold, noun="Reservation") for load in loads for hold in load.confirmed}
    assert len(confirmed) > 5
    assert sorted(held) == sorted(statuses)
    assert {pk for pk, status in statuses.items() if status == "CONFIRMED"} == confirmed
    assert {status for pk, status in statuses.items() if pk not in confirmed} <= {"PENDING"}
    assert [kinds for _, _, kinds in made if len(set(kinds)) < len(kinds)] == []
    stack.check()


def asked_of_database(requests: list[Request]) -> list[Request]:
    """Those that only the database could answer: what anybody may read may have been in Memcached, or in nginx."""
    return [request for request in requests if request.kind != "GET"]


def begun_between(start: float, end: float, requests: list[Request]) -> list[Request]:
    return [request for request in requests if start <= request.started < end]


def first_served(requests: list[Request]) -> float:
    """When the database was first of use to one of them."""
    return min(request.started + request.seconds for request in asked_of_database(requests) if not request.failed)


@contextmanager
def administration(stack: Stack) -> Iterator[Any]:
    """A cursor of MariaDB's administrator."""
    with closing(MySQLdb.connect(host=HOST, port=stack.port("mariadb"), user="root", autocommit=True)) as connection:
        yield connection.cursor()


def connections(cursor: Any) -> list[int]:
    """The application's."""
    cursor.execute("SELECT id FROM information_schema.processlist WHERE user = 'app'")
    return [row[0] for row in cursor.fetchall()]


def timed_out(cursor: Any) -> int:
    """How many connections the server has ended since it started, since they idled or their clients went away."""
    cursor.execute("SHOW GLOBAL STATUS LIKE 'Aborted_clients'")
    return int(cursor.fetchone()[1])


def end(cursor: Any, ids: list[int]) -> int:
    """End these connections; answers how many there still were."""
    ended = 0
    for number in ids:
        with suppress(MySQLdb.OperationalError):  # it has gone by itself
            cursor.execute(f"KILL CONNECTION {number}")
            ended += 1
    return ended
