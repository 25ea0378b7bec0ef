"""What nginx keeps from the application: too much, too slow, too often, and lies about addresses."""

import itertools
import socket
import time
from contextlib import closing, suppress

import pytest

from tests.faults.visitor import Visitor
from tests.servers import HOST

pytestmark = pytest.mark.faults

TYPENAME = {"query": "{ __typename }"}
TIMEOUT_SECONDS = 5
"""nginx's, for a header and between two parts of a body."""


def test_a_body_over_256_kib_is_refused(visitor):
    allowed = visitor.ask("", "POST", "/graphql/", {"query": "#" * (256 * 1024 - 100)})
    refused = visitor.ask("", "POST", "/graphql/", {"query": "#" * (256 * 1024 + 1)})

    # Both are too long; what nginx lets through, the application refuses by its own limit.
    assert (allowed.status, "131072" in str(allowed.body)) == (413, True)
    assert (refused.status, "256 KiB" in str(refused.body)) == (413, True)


def test_a_body_that_nobody_reads_breaks_no_later_request(visitor):
    unread = [("/graphql/", "text/plain"), ("/graphql/", "application/json"), ("/nothing/", "text/plain")]
    for _ in range(20):
        for path, media_type in unread:
            refused = visitor.ask("", "POST", path, b"x" * 200_000, Content_Type=media_type)
            assert 400 <= refused.status < 500
            assert visitor.ask("", "POST", "/graphql/", TYPENAME).status == 200


def last_words(connection):
    """What is answered before the connection is closed, or reset."""
    with connection, suppress(ConnectionResetError):
        return connection.recv(1000)
    return b""


def test_who_is_slow_is_cut_off_and_keeps_nobody_waiting(port, visitor):
    header = b"POST /graphql/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"
    slow = [socket.create_connection((HOST, port), timeout=30) for _ in range(50)]  # more than there are threads
    for connection, sent in zip(slow, itertools.cycle([header, header + b'\r\n{"query":']), strict=False):
        connection.sendall(sent)
    others = [visitor.ask("", "POST", "/graphql/", TYPENAME) for _ in range(50)]
    began = time.monotonic()
    answers = [last_words(connection) for connection in slow]
    waited = time.monotonic() - began

    assert {answer[:12] for answer in answers} <= {b"", b"HTTP/1.1 408"}
    assert [request.status for request in others] == [200] * 50
    assert max(request.seconds for request in others) < TIMEOUT_SECONDS
    assert waited < 3 * TIMEOUT_SECONDS


def test_an_address_that_asks_too_often_is_told_so(stack):
    stack.restart("nginx", NGINX_RATE="5r/s", NGINX_BURST="10")
    try:
        with closing(Visitor(stack.port("nginx"))) as visitor:
            requests = [visitor.ask("", "POST", "/graphql/", TYPENAME) for _ in range(100)]
            probes = [visitor.ask("", "GET", "/health/live/") for _ in range(30)]
    finally:
        stack.restart("nginx")

    statuses = [request.status for request in requests]
    assert statuses[:11] == [200] * 11  # the first, and a burst of ten
    assert set(statuses) == {200, 429}
    assert {request.codes for request in requests if request.status == 429} == {("RATE_LIMITED",)}
    assert {probe.status for probe in probes} == {200}  # a load balancer's is not counted


def test_a_lie_about_an_address_is_not_counted_as_another(stack):
    stack.restart("app", RATE_LIMIT_ANONYMOUS="1", RATE_LIMIT_ANONYMOUS_BURST="20")
    try:
        with closing(Visitor(stack.port("nginx"))) as visitor:
            requests = [
                visitor.ask(
                    "", "POST", "/graphql/", TYPENAME, X_Forwarded_For=lie, Forwarded=f"for={lie}", X_Real_IP=lie
                )
                for lie in (f"203.0.113.{number}, 198.51.100.{number}" for number in range(60))
            ]
    finally:
        stack.restart("app")

    # 60 addresses would have had 20 points each.
    assert {request.status for request in requests} == {200, 429}


def test_metrics_are_not_served_to_the_outside_and_health_is(visitor):
    assert visitor.ask("", "GET", "/metrics").status == 404
    assert visitor.ask("", "GET", "/metrics/").status == 404
    assert visitor.ask("", "GET", "/x/..//%6detrics").status == 404
    assert visitor.ask("", "GET", "/health/").body["status"] == "ok"


def test_the_access_log_has_nothing_of_a_person(stack, visitor):
    secrets = ["canary-query", "canary-token", "canary-cookie", "canary-path", "canary-agent", "canary-referer"]
    query, token, cookie, path, agent, referer = secrets
    sent = {
        "Authorization": f"Bearer {token}",
        "Cookie": f"sessionid={cookie}",
        "User_Agent": agent,
        "Referer": referer,
    }
    visitor.ask("", "GET", f"/graphql/?query={query}", **sent)
    visitor.ask("", "GET", f"/{path}/?x={query}", **sent)
    visitor.ask("", "CANARY", f"/{path}", **sent)
    visitor.ask("", "POST", "/graphql/", "#" * 300_000, **sent)
    log = stack.log("nginx")

    assert '"place":"/graphql"' in log
    assert "canary" not in log.lower()
    assert HOST not in log
