"""Workers are killed during requests: nginx retries those that may be repeated, and no change is made twice."""

import os
import re
import signal
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress

import psutil
import pytest

from tests.faults.api_client import RESERVE, ApiClient, reservation_in
from tests.faults.database import MIN_CONFIRMED, admin_cursor
from tests.faults.full_run import IS_FULL_RUN
from tests.faults.stack import Stack, wait_until

pytestmark = pytest.mark.faults

TRIES = 10
KILL_SECONDS = 2


def kill(worker: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        os.kill(worker.pid, signal.SIGKILL)


@contextmanager
def locked(stack: Stack, *tables: str) -> Iterator[None]:
    """Locks these tables of the application during the block, so that requests that need them stay in progress."""
    with admin_cursor(stack) as cursor:
        cursor.execute("LOCK TABLES " + ", ".join(f"app.{table} WRITE" for table in tables))
        yield
        cursor.execute("UNLOCK TABLES")


def waiting(stack: Stack) -> int:
    """How many statements of the application wait for a locked table."""
    with admin_cursor(stack) as cursor:
        cursor.execute(
            "SELECT count(*) FROM information_schema.processlist WHERE user = 'app' AND state LIKE 'Waiting for table%'"
        )
        return int(cursor.fetchone()[0])


def test_killed_workers_fail_only_requests_that_may_not_be_repeated(stack, load, report):
    reservations = stack.evaluate("Reservation.objects.count()")
    with load(tries=TRIES, confirmed=MIN_CONFIRMED) as traffic:
        with traffic.phase(100, full=10) as before:
            pass
        with traffic.phase() as during:
            for _ in range(15 if IS_FULL_RUN else 5):
                kill(stack.workers()[0])
                # What was in progress is repeated once only, so it must be over before the next one is killed.
                with traffic.phase(50, full=KILL_SECONDS):
                    pass
    report.add("gunicorn", f"kill -9 of a worker every {KILL_SECONDS} seconds", before=before, during=during)

    assert [request for request in traffic.failures if request.kind != "POST"] == []
    stack.check()
    assert len(set(traffic.held)) == len(traffic.held)
    assert stack.evaluate("Reservation.objects.count()") - reservations == len(traffic.held)


@pytest.fixture
def send_and_kill(stack, port):
    """Sends requests, each over its own connection, kills all workers meanwhile, and returns the outcomes."""

    def send(request):
        with closing(ApiClient(port)) as api_client:
            return request(api_client)

    def send_and_kill(*requests):
        with ThreadPoolExecutor(len(requests)) as threads:
            with locked(stack, "reservation_client", "reservation_provider"):
                pending = [threads.submit(send, request) for request in requests]
                wait_until(lambda: waiting(stack) == len(requests))
                assert not any(one.done() for one in pending)
                former = stack.workers()
                for worker in former:  # first all stop, so that none takes what nginx repeats and is killed, too
                    worker.suspend()
                for worker in former:
                    kill(worker)
                wait_until(lambda: len(set(stack.workers()) - set(former)) == len(former))
            return [one.result() for one in pending]

    return send_and_kill


def retries(stack):
    """How many requests nginx has sent once more, with success.

    A colon in its log is site.conf's repetition, a comma nginx's own, of a GET on an idle connection.
    """
    return len(re.findall(r'"upstream_status":"502( :|,)[^"]* 200"', stack.log("nginx")))


def test_nginx_retries_a_get_and_a_mutation_with_a_key_and_no_other_request(stack, crowd, send_and_kill):
    keys = [uuid.uuid4().hex, uuid.uuid4().hex]
    token, other = crowd.tokens[:2]
    slot, another = crowd.appointments[:2]
    reservations = stack.evaluate("Reservation.objects.count()")
    retried = retries(stack)
    url = "/graphql/?query=%7Bproviders(first:3)%7Bnodes%7Bid%7D%7D%7D"
    mutation = {"query": RESERVE, "variables": {"input": {"appointmentId": another, "idempotencyKey": keys[1]}}}

    read, keyed, unkeyed = send_and_kill(
        lambda api_client: api_client.send("GET", "GET", url, Authorization=f"Bearer {other}"),
        lambda api_client: api_client.mutate(RESERVE, token, keys[0], appointmentId=slot),
        lambda api_client: api_client.send("POST", "POST", "/graphql/", mutation, Authorization=f"Bearer {other}"),
    )

    assert (read.status, read.codes) == (200, ())
    assert reservation_in(keyed)
    assert (unkeyed.status, unkeyed.codes) == (502, ("SERVICE_UNAVAILABLE",))
    wait_until(lambda: retries(stack) >= retried + 2)  # nginx logs a request after its response
    assert retries(stack) == retried + 2
    assert stack.evaluate("Reservation.objects.count()") == reservations + 1
    stack.check()


def test_a_repeated_mutation_has_the_same_result_after_a_crash(stack, crowd, api_client):
    key, token, slot = uuid.uuid4().hex, crowd.tokens[0], crowd.appointments[0]
    first = api_client.mutate(RESERVE, token, key, appointmentId=slot)
    for worker in stack.workers():
        kill(worker)
    again = api_client.mutate(RESERVE, token, key, appointmentId=slot)

    assert reservation_in(first)
    assert reservation_in(again) == reservation_in(first)
