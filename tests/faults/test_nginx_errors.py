"""The responses that nginx itself makes: when to try again, in the API's format. And which requests it repeats."""

import json
import time
from contextlib import closing
from http.client import HTTPConnection

import pytest

from tests.faults.nginx import application, respond_with, run_nginx
from tests.servers import HOST, free_port

pytestmark = pytest.mark.faults


def request(port, method="POST", path="/graphql/", body=b"{}", **headers):
    """Returns the status, the code, Retry-After and the seconds in the body."""
    sent = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    with closing(HTTPConnection(HOST, port, timeout=60)) as client:
        client.request(method, path, body, sent)
        response = client.getresponse()
        assert response.headers.get_content_type() == "application/json"
        error = json.loads(response.read()).get("errors", [{"extensions": {"code": None}}])[0]
        return response.status, error["extensions"]["code"], response.headers["Retry-After"]


def test_a_refusal_says_when_to_try_again(tmp_path):
    variables = {"NGINX_RATE": "1r/m", "NGINX_BURST": "1"}
    with application(respond_with(b"{}")) as app, run_nginx(tmp_path / "nginx", app=app, **variables) as nginx:
        for path, method in (("/graphql/", "POST"), ("/book", "GET"), ("/auth/app/v1/auth/login", "POST")):
            refused = [request(nginx.port, method, path) for _ in range(3)][-1]
            assert refused == (429, "RATE_LIMITED", "1"), path
        probes = [request(nginx.port, "GET", "/health/ready/", b"") for _ in range(4)]
        assert probes == [(200, None, None)] * 2 + [(429, "RATE_LIMITED", "1")] * 2


def test_an_application_that_is_away_is_unavailable_for_a_second(tmp_path):
    with run_nginx(tmp_path / "nginx", app=free_port()) as nginx:
        for method, headers in (("POST", {}), ("POST", {"Idempotency_Key": "k"}), ("GET", {})):
            assert request(nginx.port, method, **headers) == (502, "SERVICE_UNAVAILABLE", "1")
        assert request(nginx.port, "GET", "/health/ready/", b"") == (502, "SERVICE_UNAVAILABLE", "1")


def test_a_slow_response_is_a_timeout(tmp_path):
    with application(lambda handler: time.sleep(20)) as app, run_nginx(tmp_path / "nginx", app=app) as nginx:
        assert request(nginx.port) == (504, "TIMEOUT", "5")


def test_a_body_that_is_too_large_will_be_so_later(tmp_path):
    with application(respond_with(b"{}")) as app, run_nginx(tmp_path / "nginx", app=app) as nginx:
        assert request(nginx.port, body=b"x" * 300_000) == (413, "PAYLOAD_TOO_LARGE", None)


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """nginx before an application that responds to nothing: its port, and the paths of all requests."""
    seen = []
    home = tmp_path_factory.mktemp("broken")
    with application(lambda handler: seen.append(handler.path)) as app, run_nginx(home / "nginx", app=app) as nginx:
        yield nginx.port, seen


@pytest.mark.parametrize(
    ("key", "times"),
    [
        (None, 1),
        ("", 1),
        (" ", 1),
        ('""', 1),
        (' "" ', 1),
        ('"', 1),
        ('" "', 1),
        ('"\t"', 1),
        ("\xa0", 1),
        ('"\xa0"', 1),
        ("a", 2),
        ('"a"', 2),
        ("8e03978e-40d5-43dd-bc93-6894a57f9324", 2),
    ],
)
def test_a_post_is_repeated_only_if_it_has_a_key(key, times, broken):
    port, seen = broken
    seen.clear()
    headers = {} if key is None else {"Idempotency_Key": key}
    assert request(port, **headers) == (502, "SERVICE_UNAVAILABLE", "1")
    assert seen == ["/graphql/"] * times
    seen.clear()
    assert request(port, path="/auth/app/v1/auth/login", **headers)[0] == 502
    assert len(seen) == 1
