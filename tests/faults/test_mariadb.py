"""MariaDB fails under load: requests fail meanwhile, no acknowledged change is lost, and the service recovers soon."""

import time

import pytest

from tests.faults.database import (
    aborted_clients,
    admin_cursor,
    assert_consistent,
    connections,
    database_requests,
    first_served,
    kill_connections,
    started_between,
)
from tests.faults.outage import outage, readiness, wait_for_readiness
from tests.faults.report import duration
from tests.faults.stack import wait_until

pytestmark = pytest.mark.faults

RECOVERY_SECONDS = 2
"""From when the database accepts connections until a request is served."""

REFUSAL_SECONDS = 2
"""The maximum of a request while the database refuses connections; on a quiet machine it is a few milliseconds."""

CONNECT_SECONDS = 3
"""How long the application waits for a connection."""

TRIES = 300
"""How often a change is retried: until the database is available again."""


def worker_ids(stack):
    return {worker.pid for worker in stack.workers()}


@pytest.mark.parametrize("fault", ["kill -9", "stopped, so that it refuses"])
def test_an_outage_fails_requests_quickly_and_loses_no_acknowledged_change(fault, stack, load, api_client, report):
    workers = worker_ids(stack)
    with load(tries=TRIES) as traffic:
        with traffic.phase(duration(1, full=10)) as before:
            pass
        (stack.kill if fault == "kill -9" else stack.stop)("mariadb")
        with traffic.phase(duration(2, full=15)) as during:
            wait_for_readiness(api_client, 503, "unavailable")
        gone_until = time.time()
        stack.start("mariadb")
        accepts = time.time()
        with traffic.phase(2) as after:
            wait_until(lambda: readiness(api_client)[1] == "ok")
    report.add("MariaDB", fault, before=before, during=during)

    assert [request for request in database_requests(during) if not request.failed] == []
    assert {request.codes for request in traffic.failures} == {("SERVICE_UNAVAILABLE",)}
    assert max(request.seconds for request in during) < REFUSAL_SECONDS
    assert first_served(started_between(gone_until, time.time(), traffic.requests)) < accepts + RECOVERY_SECONDS
    assert [request for request in after if request.failed and request.started > accepts + RECOVERY_SECONDS] == []
    assert worker_ids(stack) == workers
    assert_consistent(stack, traffic)


def test_a_database_that_hangs_for_a_moment_delays_requests_without_errors(stack, load, report):
    with load() as traffic:
        with traffic.phase(2) as before:
            pass
        stops = time.time()
        with outage(stack, "mariadb", "SIGSTOP, so that it hangs"):
            time.sleep(2)
        goes_on = time.time()
        time.sleep(1)
    during = started_between(stops, goes_on, traffic.requests)
    report.add("MariaDB", "SIGSTOP for 2 seconds", before=before, during=during)

    assert max(request.seconds for request in traffic.requests) > 1
    assert traffic.failures == []


def test_while_the_database_hangs_the_application_responds_with_errors_in_time(stack, load, report):
    deadline = duration(1, full=10)
    bound = deadline + 1 + CONNECT_SECONDS + REFUSAL_SECONDS
    lasts = duration(bound, full=2 * bound)
    stack.restart("app", GRAPHQL_DEADLINE_SECONDS=str(deadline))
    try:
        with load(tries=TRIES, clients=4) as traffic:
            with traffic.phase(duration(1, full=10)) as before:
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
    during = started_between(stops, goes_on, traffic.requests)
    report.add("MariaDB", f"SIGSTOP for {lasts} seconds", before=before, during=during)

    codes = {request.codes for request in traffic.failures}
    assert codes
    assert codes <= {("SERVICE_UNAVAILABLE",), ("TIMEOUT",)}
    assert 504 not in {request.status for request in traffic.failures}
    assert max(request.seconds for request in traffic.requests) < bound
    assert first_served(after) < goes_on + RECOVERY_SECONDS
    assert [request for request in after if request.failed and request.started > goes_on + RECOVERY_SECONDS] == []
    assert_consistent(stack, traffic)


def test_idle_connections_that_the_server_closes_fail_no_request(stack, load):
    with load() as traffic, traffic.phase(1):
        pass
    with admin_cursor(stack) as cursor:
        assert kill_connections(cursor, killed := connections(cursor)) > 0
        with load() as traffic, traffic.phase(2) as after:
            pass
        assert len(database_requests(after)) > 20
        assert [request for request in traffic.requests if request.failed] == []
        assert set(connections(cursor)).isdisjoint(killed)


def test_connections_that_time_out_between_requests_fail_no_request(stack, load):
    with admin_cursor(stack) as cursor:
        cursor.execute("SET GLOBAL wait_timeout = 1")
        try:
            kill_connections(cursor, connections(cursor))
            begun = aborted_clients(cursor)
            with load(clients=3, pause=0.8) as traffic, traffic.phase(duration(6, full=20)):
                pass
            assert aborted_clients(cursor) - begun > 5
            assert traffic.failures == []
        finally:
            cursor.execute("SET GLOBAL wait_timeout = DEFAULT")
            kill_connections(cursor, connections(cursor))


def test_a_connection_that_is_killed_under_load_fails_one_request_at_most(stack, load, report):
    killed = 0
    with load(tries=50) as traffic, admin_cursor(stack) as cursor:
        with traffic.phase(duration(1, full=10)) as before:
            pass
        with traffic.phase() as during:
            for _ in range(duration(10, full=50)):
                killed += kill_connections(cursor, connections(cursor))
                time.sleep(0.2)
    report.add("MariaDB", "all connections ended, five times a second", before=before, during=during)

    assert {request.codes for request in traffic.failures} <= {("SERVICE_UNAVAILABLE",)}
    assert len(traffic.failures) <= killed
    assert_consistent(stack, traffic)
