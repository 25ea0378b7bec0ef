"""Workers are replaced under load, by a signal and by themselves, and no client notices."""

import signal
import socket
import time
from collections import Counter
from functools import partial

import pytest
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER

from tests.faults.report import duration
from tests.faults.stack import Stack, wait_until
from tests.servers import HOST

pytestmark = pytest.mark.faults

HUP_SECONDS = 5
BURST, CYCLES = 100, 5
SEVERAL = 5  # more workers than run at a time, so some were replaced
PATIENCE_SECONDS = 60  # on a slow machine, where workers start later


def are_replaced(stack: Stack, former: set[int]) -> bool:
    return former.isdisjoint(worker.pid for worker in stack.workers())


def test_a_sighup_every_five_seconds_fails_no_request(stack, load, report):
    with load() as traffic:
        with traffic.phase(2) as before:
            pass
        with traffic.phase() as during:
            end = time.monotonic() + duration(15, full=30)
            while time.monotonic() < end:
                former = {worker.pid for worker in stack.workers()}
                stack.signal("app", signal.SIGHUP)
                time.sleep(HUP_SECONDS)
                wait_until(partial(are_replaced, stack, former))
    report.add("gunicorn", "HUP every 5 seconds", before=before, during=during)

    assert len(during) > 100
    assert [request for request in during if request.failed] == []
    assert traffic.failures == []


def test_workers_that_stop_after_200_requests_fail_no_request(stack, load, report):
    with load() as traffic, traffic.phase(2) as before:
        pass
    stack.restart("app", GUNICORN_CMD_ARGS="--max-requests 200 --max-requests-jitter 50")
    seen = set()
    try:
        with load() as traffic, traffic.phase() as during:
            end = time.monotonic() + duration(10, full=30)
            while time.monotonic() < end or (len(seen) < SEVERAL and time.monotonic() < end + PATIENCE_SECONDS):
                seen |= {worker.pid for worker in stack.workers()}
                time.sleep(0.5)
    finally:
        stack.restart("app")
    report.add("gunicorn", "each worker ends after 200 requests", before=before, during=during)

    assert len(seen) >= SEVERAL
    assert [request for request in during if request.failed] == []
    assert traffic.failures == []


def test_a_stopping_worker_closes_no_connection_with_a_request_in_flight(stack, port):
    """Many connections idle, the workers stop, and a request arrives on each when it is about to be closed."""
    body = b'{"query": "{ __typename }"}'
    request = b"POST /graphql/ HTTP/1.1\r\nHost: %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
    sent = request % (HOST.encode(), len(body), body)
    connections = [socket.create_connection((HOST, port), timeout=30) for _ in range(BURST)]

    def burst(pause):
        for connection in connections:
            connection.sendall(sent)
            time.sleep(pause)
        return [connection.recv(10_000)[:12] for connection in connections]

    responses = []
    for _ in range(CYCLES):
        burst(0)
        stopped_at = time.monotonic()
        for worker in stack.workers():
            worker.terminate()
        time.sleep(stopped_at + STOP_KEEPALIVE_LINGER - 0.003 - time.monotonic())
        responses += burst(0.0001)
    for connection in connections:
        connection.close()

    assert Counter(responses) == {b"HTTP/1.1 200": BURST * CYCLES}
