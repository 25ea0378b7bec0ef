"""Workers are renewed under load, by a signal and by themselves, and nobody notices."""

import signal
import socket
import time
from collections import Counter
from functools import partial

import pytest
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER

from tests.faults.report import take
from tests.faults.stack import Stack, wait_until
from tests.servers import HOST

pytestmark = pytest.mark.faults

HUP_SECONDS = 5
BURST, CYCLES = 100, 5
SEVERAL = 5  # workers that came one after the other, though two are at work at a time
PATIENCE_SECONDS = 60  # on a machine so slow that they come later


def are_gone(stack: Stack, former: set[int]) -> bool:
    return former.isdisjoint(worker.pid for worker in stack.workers())


def test_a_hang_up_every_five_seconds_fails_no_request(stack, load, report):
    with load() as traffic:
        with traffic.phase(2) as before:
            pass
        with traffic.phase() as during:
            end = time.monotonic() + take(15, full=30)
            while time.monotonic() < end:
                former = {worker.pid for worker in stack.workers()}
                stack.signal("app", signal.SIGHUP)
                time.sleep(HUP_SECONDS)
                wait_until(partial(are_gone, stack, former))
    report.add("gunicorn", "HUP every 5 seconds", before=before, during=during)

    assert len(during) > 100
    assert [request for request in during if request.failed] == []
    assert traffic.failures == []


def test_workers_that_end_after_200_requests_fail_none(stack, load, report):
    with load() as traffic, traffic.phase(2) as before:
        pass
    stack.restart("app", GUNICORN_CMD_ARGS="--max-requests 200 --max-requests-jitter 50")
    seen = set()
    try:
        with load() as traffic, traffic.phase() as during:
            end = time.monotonic() + take(10, full=30)
            while time.monotonic() < end or (len(seen) < SEVERAL and time.monotonic() < end + PATIENCE_SECONDS):
                seen |= {worker.pid for worker in stack.workers()}
                time.sleep(0.5)
    finally:
        stack.restart("app")
    report.add("gunicorn", "each worker ends after 200 requests", before=before, during=during)

    assert len(seen) >= SEVERAL
    assert [request for request in during if request.failed] == []
    assert traffic.failures == []


def test_a_worker_that_ends_closes_no_connection_on_which_a_request_is_on_its_way(stack, port):
    """Many connections to workers idle, the workers end, and all are wanted when they would be closed."""
    body = b'{"query": "{ __typename }"}'
    request = b"POST /graphql/ HTTP/1.1\r\nHost: %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
    sent = request % (HOST.encode(), len(body), body)
    connections = [socket.create_connection((HOST, port), timeout=30) for _ in range(BURST)]

    def burst(pause):
        for connection in connections:
            connection.sendall(sent)
            time.sleep(pause)
        return [connection.recv(10_000)[:12] for connection in connections]

    answers = []
    for _ in range(CYCLES):
        burst(0)
        ended = time.monotonic()
        for worker in stack.workers():
            worker.terminate()
        time.sleep(ended + STOP_KEEPALIVE_LINGER - 0.003 - time.monotonic())
        answers += burst(0.0001)
    for connection in connections:
        connection.close()

    assert Counter(answers) == {b"HTTP/1.1 200": BURST * CYCLES}
