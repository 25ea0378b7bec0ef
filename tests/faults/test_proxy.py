"""What nginx protects the application from: requests that are too large, too slow or too many, and forged addresses."""

import itertools
import select
import socket
from contextlib import closing, suppress

import pytest

from tests.faults.api_client import ApiClient
from tests.servers import HOST

pytestmark = pytest.mark.faults

TYPENAME = {"query": "{ __typename }"}
LIMIT_SECONDS = 30
"""Until when slow clients must be disconnected, on any machine. nginx's time-out for a header, and between two parts of
a body, is 5 seconds; its default would be a minute."""

SLOW = 50
"""How many slow clients there are: more than threads."""


def test_a_body_over_256_kib_is_refused(api_client):
    allowed = api_client.send("", "POST", "/graphql/", {"query": "#" * (256 * 1024 - 100)})
    refused = api_client.send("", "POST", "/graphql/", {"query": "#" * (256 * 1024 + 1)})

    # Both are too long; what nginx lets through, the application refuses by its own limit.
    assert (allowed.status, "131072" in str(allowed.body)) == (413, True)
    assert (refused.status, "256 KiB" in str(refused.body)) == (413, True)


def test_an_unread_body_breaks_no_later_request(api_client):
    unread = [("/graphql/", "text/plain"), ("/graphql/", "application/json"), ("/nothing/", "text/plain")]
    for _ in range(20):
        for path, media_type in unread:
            refused = api_client.send("", "POST", path, b"x" * 200_000, Content_Type=media_type)
            assert 400 <= refused.status < 500
            assert api_client.send("", "POST", "/graphql/", TYPENAME).status == 200


def last_response(connection):
    """Returns the response before the connection is closed or reset."""
    with connection, suppress(ConnectionResetError):
        return connection.recv(1000)
    return b""


def test_slow_clients_are_disconnected_and_delay_no_others(port, api_client):
    header = b"POST /graphql/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"
    slow = [socket.create_connection((HOST, port), timeout=LIMIT_SECONDS) for _ in range(SLOW)]
    for connection, sent in zip(slow, itertools.cycle([header, header + b'\r\n{"query":']), strict=False):
        connection.sendall(sent)
    others = []
    while len(others) < 50 and not select.select(slow, [], [], 0)[0]:  # none of them is disconnected yet
        others.append(api_client.send("", "POST", "/graphql/", TYPENAME))
    responses = [last_response(connection) for connection in slow]

    assert {response[:12] for response in responses} <= {b"", b"HTTP/1.1 408"}
    assert {request.status for request in others} == {200}
    assert len(others) > 2  # if they waited for the slow ones, it would be one


def test_an_address_that_sends_too_many_requests_is_refused(stack):
    stack.restart("nginx", NGINX_RATE="1r/m", NGINX_BURST="10")
    with closing(ApiClient(stack.port("nginx"))) as api_client:
        requests = [api_client.send("", "POST", "/graphql/", TYPENAME) for _ in range(30)]
        probes = [api_client.send("", "GET", "/health/live/") for _ in range(11)]

    statuses = [request.status for request in requests]
    assert statuses[:11] == [200] * 11  # the first, and a burst of ten
    assert set(statuses) == {200, 429}
    assert {request.codes for request in requests if request.status == 429} == {("RATE_LIMITED",)}
    assert {probe.status for probe in probes} == {200}  # they are counted by themselves


def forged_headers(address):
    return {"X_Forwarded_For": address, "Forwarded": f"for={address}", "X_Real_IP": address}


def test_forged_addresses_share_the_tokens_of_the_real_one(stack):
    stack.restart("app", RATE_LIMIT_ANONYMOUS="1", RATE_LIMIT_ANONYMOUS_BURST="20")
    with closing(ApiClient(stack.port("nginx"))) as api_client:
        requests = [
            api_client.send("", "POST", "/graphql/", TYPENAME, **forged_headers(address))
            for address in (f"203.0.113.{number}, 198.51.100.{number}" for number in range(60))
        ]

    # 60 addresses would have had 20 tokens each.
    assert {request.status for request in requests} == {200, 429}


def test_health_is_public_and_metrics_are_not(api_client):
    assert api_client.send("", "GET", "/metrics").status == 404
    assert api_client.send("", "GET", "/metrics/").status == 404
    assert api_client.send("", "GET", "/x/..//%6detrics").status == 404
    assert api_client.send("", "GET", "/health/").body["status"] == "ok"


def test_the_access_log_has_no_personal_data(stack, api_client):
    secrets = ["canary-query", "canary-token", "canary-cookie", "canary-path", "canary-agent", "canary-referer"]
    query, token, cookie, path, agent, referer = secrets
    sent = {
        "Authorization": f"Bearer {token}",
        "Cookie": f"sessionid={cookie}",
        "User_Agent": agent,
        "Referer": referer,
    }
    api_client.send("", "GET", f"/graphql/?query={query}", **sent)
    api_client.send("", "GET", f"/{path}/?x={query}", **sent)
    api_client.send("", "CANARY", f"/{path}", **sent)
    api_client.send("", "POST", "/graphql/", "#" * 300_000, **sent)
    log = stack.log("nginx")

    assert '"place":"/graphql"' in log
    assert "canary" not in log.lower()
    assert HOST not in log
