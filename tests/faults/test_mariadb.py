"""MariaDB fails under load: requests fail meanwhile, no acknowledged change is lost, and the service recovers soon."""

import time

import pytest

from tests.faults.database import (
    MIN_CONFIRMED,
    aborted_clients,
    admin_cursor,
    assert_consistent,
    connections,
    database_requests,
    kill_connections,
)
from tests.faults.full_run import IS_FULL_RUN
from tests.faults.outage import outage, readiness, wait_for_readiness
from tests.faults.report import percentile
from tests.faults.stack import wait_until

pytestmark = pytest.mark.faults

CONNECT_SECONDS = 3
"""How long the application waits for a connection."""

SLACK_SECONDS = 2
"""How much longer most requests may take on a slow machine."""

TRIES = 300
"""How often a change is retried: until the database is available again."""


def worker_ids(stack):
    return {worker.pid for worker in stack.workers()}


@pytest.mark.parametrize("fault", ["kill -9", "stopped, so that it refuses"])
def test_an_outage_fails_requests_quickly_and_loses_no_acknowledged_change(fault, stack, load, api_client, report):
    workers = worker_ids(stack)
    with load(tries=TRIES, confirmed=MIN_CONFIRMED) as traffic:
        with traffic.phase(50, full=10) as before:
            pass
        (stack.kill if fault == "kill -9" else stack.stop)("mariadb")
        with traffic.phase(150, full=15) as during:
            wait_for_readiness(api_client, 503, "unavailable")
        stack.start("mariadb")
        with traffic.phase(100) as after:
            wait_until(lambda: readiness(api_client)[1] == "ok")
    report.add("MariaDB", fault, before=before, during=during)

    assert [request for request in database_requests(during) if not request.failed] == []
    assert {request.codes for request in traffic.failures} == {("SERVICE_UNAVAILABLE",)}
    # No request waits for a connection until the time-out.
    assert percentile(during, 0.9) < percentile(before, 0.9) + SLACK_SECONDS
    # Since the server accepts connections, all requests are served.
    assert [request for request in after if request.failed] == []
    assert worker_ids(stack) == workers
    assert_consistent(stack, traffic)


def test_a_database_that_hangs_for_a_moment_delays_requests_without_errors(stack, load, report):
    with load() as traffic:
        with traffic.phase(100) as before:
            pass
        stops = time.time()
        with outage(stack, "mariadb", "SIGSTOP, so that it hangs"):
            time.sleep(2)
        goes_on = time.time()
        with traffic.phase(50):
            pass
    during = traffic.started_between(stops, goes_on)
    report.add("MariaDB", "SIGSTOP for 2 seconds", before=before, during=during)

    assert max(request.seconds for request in traffic.requests) > 1
    assert traffic.failures == []


def test_while_the_database_hangs_the_application_responds_with_errors_in_time(stack, load, report):
    deadline, clients = 10 if IS_FULL_RUN else 1, 4
    bound = deadline + 1 + CONNECT_SECONDS + SLACK_SECONDS
    stack.restart("app", GRAPHQL_DEADLINE_SECONDS=str(deadline))
    with load(tries=TRIES, clients=clients, confirmed=MIN_CONFIRMED) as traffic:
        with traffic.phase(50, full=10) as before:
            pass
        workers = worker_ids(stack)
        stops = time.time()
        with outage(stack, "mariadb", "SIGSTOP, so that it hangs"):
            time.sleep(2 * bound if IS_FULL_RUN else 0)
            # Each client gets several errors although the server hangs all the time.
            wait_until(lambda: len(traffic.failures) >= 3 * clients)
        goes_on = time.time()
        with traffic.phase(100) as after:
            pass
    during = traffic.started_between(stops, goes_on)
    report.add("MariaDB", f"SIGSTOP for {goes_on - stops:.0f} seconds", before=before, during=during)

    assert worker_ids(stack) == workers
    assert {request.codes for request in traffic.failures} <= {("SERVICE_UNAVAILABLE",), ("TIMEOUT",)}
    assert 504 not in {request.status for request in traffic.failures}  # nginx's own limit is 15 seconds
    assert percentile(traffic.failures, 0.5) < bound
    # What has begun since then is served.
    assert [request for request in after if request.failed] == []
    assert_consistent(stack, traffic)


def test_idle_connections_that_the_server_closes_fail_no_request(stack, load):
    with load() as traffic, traffic.phase(50):
        pass
    with admin_cursor(stack) as cursor:
        assert kill_connections(cursor, killed := connections(cursor)) > 0
        with load() as traffic, traffic.phase(100) as after:
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
            with load(clients=3, pause=0.8) as traffic:
                time.sleep(20 if IS_FULL_RUN else 0)
                wait_until(lambda: aborted_clients(cursor) - begun > 5)
            assert traffic.failures == []
        finally:
            cursor.execute("SET GLOBAL wait_timeout = DEFAULT")
            kill_connections(cursor, connections(cursor))


def test_a_connection_that_is_killed_under_load_fails_one_request_at_most(stack, load, report):
    killed = 0
    with load(tries=50, confirmed=MIN_CONFIRMED) as traffic, admin_cursor(stack) as cursor:
        with traffic.phase(50, full=10) as before:
            pass
        with traffic.phase(150) as during:
            for _ in range(50 if IS_FULL_RUN else 10):
                killed += kill_connections(cursor, connections(cursor))
                time.sleep(0.2)
    report.add("MariaDB", "all connections ended, five times a second", before=before, during=during)

    assert {request.codes for request in traffic.failures} <= {("SERVICE_UNAVAILABLE",)}
    assert len(traffic.failures) <= killed
    assert_consistent(stack, traffic)
