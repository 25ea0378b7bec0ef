"""MariaDB fails under load. Without it there is no service, but what was told stays so, and all is well again soon."""

import time

import pytest

from tests.faults.database import (
    administration,
    asked_of_database,
    assert_kept,
    begun_between,
    connections,
    end,
    first_served,
    timed_out,
)
from tests.faults.outage import outage, readiness
from tests.faults.report import take
from tests.faults.stack import wait_until

pytestmark = pytest.mark.faults

BACK_SECONDS = 2
"""From when the database accepts connections until somebody is served."""

REFUSAL_SECONDS = 2
"""At most, while the database refuses connections; on a quiet machine it is a few milliseconds."""

CONNECT_SECONDS = 3
"""For how long the application waits for a connection."""

TRIES = 300
"""How often a change is sent again: until the database is back."""


def worker_ids(stack):
    return {worker.pid for worker in stack.workers()}


@pytest.mark.parametrize("fault", ["kill -9", "stopped, so that it refuses"])
def test_what_was_told_stays_so_and_all_is_well_again_soon(fault, stack, load, visitor, report):
    workers = worker_ids(stack)
    with load(tries=TRIES) as traffic:
        with traffic.phase(take(1, full=10)) as before:
            pass
        (stack.kill if fault == "kill -9" else stack.stop)("mariadb")
        with traffic.phase(take(2, full=15)) as during:
            told = readiness(visitor)
        gone_until = time.time()
        stack.start("mariadb")
        accepts = time.time()
        with traffic.phase(2) as after:
            wait_until(lambda: readiness(visitor)[1] == "ok")
    report.add("MariaDB", fault, before=before, during=during)

    assert told[:2] == (503, "unavailable")
    assert [request for request in asked_of_database(during) if not request.failed] == []
    assert {request.codes for request in traffic.failures} == {("SERVICE_UNAVAILABLE",)}
    assert max(request.seconds for request in during) < REFUSAL_SECONDS
    assert first_served(begun_between(gone_until, time.time(), traffic.requests)) < accepts + BACK_SECONDS
    assert [request for request in after if request.failed and request.started > accepts + BACK_SECONDS] == []
    assert worker_ids(stack) == workers
    assert_kept(stack, traffic)


def test_who_asks_while_it_hangs_for_a_moment_waits(stack, load, report):
    with load() as traffic:
        with traffic.phase(2) as before:
            pass
        stops = time.time()
        with outage(stack, "mariadb", "SIGSTOP, so that it hangs"):
            time.sleep(2)
        goes_on = time.time()
        time.sleep(1)
    during = begun_between(stops, goes_on, traffic.requests)
    report.add("MariaDB", "SIGSTOP for 2 seconds", before=before, during=during)

    assert max(request.seconds for request in traffic.requests) > 1
    assert traffic.failures == []


def test_who_asks_while_it_hangs_for_long_is_told_in_time_by_us(stack, load, report):
    deadline = take(1, full=10)
    bound = deadline + 1 + CONNECT_SECONDS + REFUSAL_SECONDS
    lasts = take(bound, full=2 * bound)
    stack.restart("app", GRAPHQL_DEADLINE_SECONDS=str(deadline))
    try:
        with load(tries=TRIES, clients=4) as traffic:
            with traffic.phase(take(1, full=10)) as before:
                pass
            workers = worker_ids(stack)
            stops = time.time()
            with outage(stack, "mariadb", "SIGSTOP, so that it hangs"):
                time.sleep(lasts)
            goes_on = time.time()
            with traffic.phase(2) as after:
                pass
        assert worker_ids(stack) == workers
    finally:
        stack.restart("app")
    during = begun_between(stops, goes_on, traffic.requests)
    report.add("MariaDB", f"SIGSTOP for {lasts} seconds", before=before, during=during)

    told = {request.codes for request in traffic.failures}
    assert told
    assert told <= {("SERVICE_UNAVAILABLE",), ("TIMEOUT",)}
    assert 504 not in {request.status for request in traffic.failures}
    assert max(request.seconds for request in traffic.requests) < bound
    assert first_served(after) < goes_on + BACK_SECONDS
    assert [request for request in after if request.failed and request.started > goes_on + BACK_SECONDS] == []
    assert_kept(stack, traffic)


def test_connections_that_the_server_ends_while_they_idle_fail_no_request(stack, load):
    with load() as traffic, traffic.phase(1):
        pass
    with administration(stack) as cursor:
        assert end(cursor, ended := connections(cursor)) > 0
        with load() as traffic, traffic.phase(2) as after:
            pass
        assert len(asked_of_database(after)) > 20
        assert [request for request in traffic.requests if request.failed] == []
        assert set(connections(cursor)).isdisjoint(ended)


def test_connections_that_time_out_between_requests_fail_none(stack, load):
    with administration(stack) as cursor:
        cursor.execute("SET GLOBAL wait_timeout = 1")
        try:
            end(cursor, connections(cursor))
            begun = timed_out(cursor)
            with load(clients=3, pause=0.8) as traffic, traffic.phase(take(6, full=20)):
                pass
            assert timed_out(cursor) - begun > 5
            assert traffic.failures == []
        finally:
            cursor.execute("SET GLOBAL wait_timeout = DEFAULT")
            end(cursor, connections(cursor))


def test_a_connection_that_is_ended_under_load_fails_one_request_at_most(stack, load, report):
    ended = 0
    with load(tries=50) as traffic, administration(stack) as cursor:
        with traffic.phase(take(1, full=10)) as before:
            pass
        with traffic.phase() as during:
            for _ in range(take(10, full=50)):
                ended += end(cursor, connections(cursor))
                time.sleep(0.2)
    report.add("MariaDB", "all connections ended, five times a second", before=before, during=during)

    assert {request.codes for request in traffic.failures} <= {("SERVICE_UNAVAILABLE",)}
    assert len(traffic.failures) <= ended
    assert_kept(stack, traffic)
