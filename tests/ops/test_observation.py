"""The observation of a request: its id from the proxy through every log to the response, route, operation, errors."""

import json
import logging
import socket
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser
from django.test import RequestFactory

from ops.logs import RequestIdFilter
from ops.middleware import ObservationMiddleware
from ops.observation import ENVIRON, Observation, observation
from tests.factories import make_provider
from tests.servers import HOST, serve, url_of_test_database

PROXIED = "0123456789abcdef0123456789abcdef"


def observe(browser: Browser, path: str, body: Any = None, **options: Any) -> tuple[HttpResponse, Observation]:
    response = browser.get(path, **options) if body is None else browser.post(path, body, "application/json", **options)
    return response, response.wsgi_request.environ[ENVIRON]  # type: ignore[attr-defined]


def test_every_response_has_a_request_id(client: Browser, db: None) -> None:
    for path in ("/health/live/", "/nothing/", "/graphql/?query={viewer{isStaff}}", "/static/nothing.css"):
        response, observed = observe(client, path)
        assert response.headers["X-Request-ID"] == observed.request_id
        assert len(observed.request_id) == 32
    assert len({client.get("/health/live/").headers["X-Request-ID"] for _ in range(3)}) == 3


@pytest.mark.parametrize(
    ("proxies", "given", "is_accepted"),
    [(1, PROXIED, True), (0, PROXIED, False), (1, "short", False), (1, "ada@example.com", False), (1, "x" * 65, False)],
)
def test_a_request_id_is_accepted_from_a_trusted_proxy(
    proxies: int, given: str, is_accepted: bool, client: Browser, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    response = client.get("/health/live/", headers={"X-Request-ID": given})
    assert (response.headers["X-Request-ID"] == given) is is_accepted


@pytest.mark.parametrize(
    ("status", "given", "sent"), [(429, None, "60"), (429, "7", "7"), (503, None, "1"), (200, None, None)]
)
def test_a_status_that_passes_says_when_to_try_again(
    status: int, given: str | None, sent: str | None, rf: RequestFactory
) -> None:
    headers = {"Retry-After": given} if given else {}
    response = ObservationMiddleware(lambda request: HttpResponse(status=status, headers=headers))(rf.get("/"))
    assert response.headers.get("Retry-After") == sent


def test_a_log_record_has_the_id_of_its_request(rf: RequestFactory) -> None:
    record = logging.LogRecord("api", logging.ERROR, __file__, 1, "Failed", (), None)

    def view(request: HttpRequest) -> HttpResponse:
        RequestIdFilter().filter(record)
        return HttpResponse()

    response = ObservationMiddleware(view)(rf.get("/"))
    assert record.request_id == response.headers["X-Request-ID"]  # type: ignore[attr-defined]
    RequestIdFilter().filter(record)
    assert record.request_id == "-"  # type: ignore[attr-defined]
    assert observation().request_id != observation().request_id


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/health/ready/", "ready"),
        ("/graphql", "graphql"),
        ("/admin/login/", "admin"),
        ("/auth/app/v1/config", "headless"),
        ("/somebody@example.com/", "other"),
    ],
)
def test_a_route_is_the_name_of_a_url_pattern(path: str, route: str, client: Browser, db: None) -> None:
    assert observe(client, path)[1].route == route


def test_operations_are_labelled_by_their_field(client: Browser, db: None) -> None:
    make_provider()
    for query, operation, statements in (
        ("query AnyName { providers { nodes { name } } }", "providers", 1),
        ("{ a: providers { totalCount } b: providers { totalCount } }", "providers", 4),
        ("{ viewer { isStaff } providers { totalCount } }", "other", 2),
        ("{ __typename }", "__typename", 0),
        ("{ nothing }", None, 0),
    ):
        _, observed = observe(client, "/graphql/", {"query": query})
        assert (observed.operation, observed.statements, observed.database_seconds > 0) == (
            operation,
            statements,
            statements > 0,
        )


def test_errors_are_recorded_by_code_and_limits_by_name(client: Browser, db: None) -> None:
    confirm = 'mutation { confirmReservation(input: {reservationId: "%s"}) { userErrors { code } } }'
    for query, codes, limits in (
        ("{ viewer { isStaff } }", [], []),
        ("{", ["GRAPHQL_PARSE_FAILED"], []),
        ("{ nothing }", ["GRAPHQL_VALIDATION_FAILED"], []),
        ('{ service(id: "a") { id } }', ["BAD_USER_INPUT"], []),
        (confirm % "a", ["INVALID_INPUT"], []),
        ("{ viewer { isStaff } } #" + "x" * 15_000, ["PAYLOAD_TOO_LARGE"], ["characters"]),
    ):
        _, observed = observe(client, "/graphql/", {"query": query})
        assert (observed.codes, observed.limits) == (codes, limits)


def test_the_access_log_has_the_observation_and_nothing_that_was_sent(transactional_db: None, tmp_path: Path) -> None:
    path = tmp_path / "log"
    with (
        path.open("wb") as log,
        serve(
            database_url=url_of_test_database(),
            workers=1,
            threads=1,
            log=log,
            LOG_FORMAT="json",
            TRUSTED_PROXY_COUNT="1",
        ) as port,
    ):
        connection = HTTPConnection(HOST, port, timeout=10)
        # The first statement of a connection also reads the server's version.
        connection.request("GET", "/graphql/?query={services{totalCount}}")
        connection.getresponse().read()
        headers = {"X-Request-ID": PROXIED, "X-Forwarded-For": "192.0.2.77"}
        for target in (
            "/graphql/?query={providers{nodes{name}}}",
            "/someone@example.com?someone",
            "/graphql?query={someone}",
        ):
            connection.request("GET", target, headers=headers)
            connection.getresponse().read()
        connection.close()
        for request in (b"SOMEONE.EXAMPLE / HTTP/1.1", b"GET /?someone", b"GET / HTTP/1.1\r\nsomeone@example.com: 1"):
            with socket.create_connection((HOST, port), timeout=10) as stranger:
                stranger.sendall(request + b"\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                assert stranger.recv(100)
    text = path.read_text()
    assert text.count('"message":"Invalid request."') == 2
    assert "someone" not in text.lower()
    assert "192.0.2.77" not in text
    found = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    lines = [line for line in found if line["logger"] == "gunicorn.access" and line["request_id"] == PROXIED]
    assert [
        (line["route"], line["operation"], line["status"], line["statements"], line["codes"]) for line in lines
    ] == [
        ("graphql", "providers", 200, 1, []),
        ("other", None, 404, 0, []),
        ("graphql", None, 200, 0, ["GRAPHQL_VALIDATION_FAILED"]),
    ]
    assert all(line["bytes"] and 0 <= line["database_seconds"] <= line["seconds"] for line in lines)
