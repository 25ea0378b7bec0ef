"""Workers are replaced under load, by a signal and by themselves, and no client notices."""

import signal
import socket
import time
from collections import Counter
from functools import partial

import pytest
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER

from tests.faults.full_run import IS_FULL_RUN
from tests.faults.stack import Stack, wait_until
from tests.servers import HOST

pytestmark = pytest.mark.faults

HUP_SECONDS = 5
BURST, CYCLES = 100, 5
REQUESTS = 200 if IS_FULL_RUN else 100
SEVERAL = 5  # more workers than run at a time, so some were replaced


def are_replaced(stack: Stack, former: set[int]) -> bool:
    return former.isdisjoint(worker.pid for worker in stack.workers())


def test_a_sighup_every_five_seconds_fails_no_request(stack, load, report):
    with load() as traffic:
        with traffic.phase(100, full=10) as before:
            pass
        with traffic.phase() as during:
            for _ in range(6 if IS_FULL_RUN else 3):
                with traffic.phase(50, full=HUP_SECONDS):
                    former = {worker.pid for worker in stack.workers()}
                    stack.signal("app", signal.SIGHUP)
                    wait_until(partial(are_replaced, stack, former))
    report.add("gunicorn", "HUP every 5 seconds", before=before, during=during)

    assert [request for request in during if request.failed] == []
    assert traffic.failures == []


def test_workers_that_stop_after_some_requests_fail_no_request(stack, load, report):
    with load() as traffic, traffic.phase(100, full=10) as before:
        pass
    stack.restart("app", GUNICORN_CMD_ARGS=f"--max-requests {REQUESTS} --max-requests-jitter {REQUESTS // 4}")
    seen = set()

    def several_are_seen():
        seen.update(worker.pid for worker in stack.workers())
        return len(seen) >= SEVERAL

    with load() as traffic, traffic.phase(full=30) as during:
        wait_until(several_are_seen)
    report.add("gunicorn", f"each worker ends after {REQUESTS} requests", before=before, during=during)

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
