"""Health checks: liveness, readiness, and the state of each dependency."""

import json
import math
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client as Browser
from mirakuru import TCPExecutor
from redis import Redis

from ops import redis_client
from ops.readiness import readiness
from tests.conftest import PATIENT_SECONDS
from tests.factories import make_user
from tests.servers import HOST, free_port, run_server, url_of_test_database

OTHERS = {"memcached": "not used", "redis": "not used"}
HEALTHY = {"status": "ok", "database": "ok", **OTHERS, "clock": "ok"}
UNAVAILABLE = {"status": "unavailable", "database": "unavailable", **OTHERS, "clock": "unavailable"}
SKEW = "clock_skew_seconds"
VERSION = {"version": settings.VERSION}
"""At /health/ only."""
HEALTH, LIVE, READY = "/health/", "/health/live/", "/health/ready/"

PROBE = """
import sys, django
django.setup()
from datetime import timedelta
from django.test import Client
from django.utils import timezone
from accounts.tokens.own import Token, TokenType, write_token
browser = Client(headers={"host": "localhost"})
claims = Token(user_id=1, session_key="x" * 32, jti="1")
token = write_token(TokenType.ACCESS, claims, lifetime=timedelta(minutes=1), now=timezone.now())
for path in sys.argv[1:]:
    headers = {"authorization": f"Bearer {token}"} if path == "/graphql" else {}
    if path.startswith("/health/"):
        response = browser.get(path)
    else:
        response = browser.post(path, {"query": "{ providers { totalCount } }"}, "application/json", headers=headers)
    body = response.json()
    print(path, response.status_code, body["errors"][0]["extensions"]["code"] if "errors" in body else body)
"""
"""Prints the responses at these paths: with an access token at /graphql, without one elsewhere."""


@pytest.fixture(autouse=True)
def _monitor(settings: Any) -> Iterator[None]:
    """Lets the tests' client see the details, and leaves none for other tests."""
    settings.HEALTH_ADDRESSES = [ip_network("127.0.0.1")]
    yield
    readiness.clear()


def health_at(browser: Browser, path: str, **options: Any) -> tuple[int, dict[str, Any]]:
    """The status and the body, as found now. The skew of the clocks, which varies, is checked and left out."""
    readiness.clear()
    response = browser.get(path, **options)
    assert "no-store" in response["Cache-Control"]
    body = response.json()
    assert abs(body.pop(SKEW, 0)) < 1
    return response.status_code, body


def test_health_is_ok_when_all_dependencies_are_available(client: Browser, db: None) -> None:
    assert health_at(client, HEALTH) == (200, HEALTHY | VERSION)
    assert health_at(client, LIVE) == (200, {"status": "ok"})
    assert health_at(client, READY) == (200, HEALTHY)


def test_liveness_checks_no_dependency(client: Browser) -> None:
    # Without the `db` fixture a statement would be an error.
    assert health_at(client, LIVE) == (200, {"status": "ok"})


def test_readiness_does_not_read_the_session(client: Browser, db: None, django_assert_max_num_queries: Any) -> None:
    client.cookies["sessionid"] = "x" * 32
    with django_assert_max_num_queries(3):
        assert health_at(client, READY) == (200, HEALTHY)


def test_pending_migrations_are_not_ready(client: Browser, db: None) -> None:
    last = MigrationRecorder.Migration.objects.filter(app="reservation").order_by("-name")[0]
    last.delete()
    pending = {**HEALTHY, "status": "migrations pending", "database": "migrations pending"}
    assert health_at(client, READY) == (503, pending)
    assert health_at(client, HEALTH) == (200, pending | VERSION)
    assert health_at(client, LIVE) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", [HEALTH, LIVE, READY])
def test_other_methods_are_refused(path: str, client: Browser, db: None) -> None:
    assert client.head(path).status_code == 200
    for method in (client.post, client.put, client.delete):
        assert method(path).status_code == 405


def probe(database_url: str, *paths: str) -> list[str]:
    """The responses at these paths of a process with this database, within 20 seconds."""
    run = subprocess.run(
        [sys.executable, "-c", PROBE, *paths],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "settings.development"},
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


DRIVERS = {"mysql": "MySQLdb", "postgres": "psycopg"}


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all.sqlite3", *(f"{scheme}://app:app@127.0.0.1:1/app" for scheme in DRIVERS)]
)
def test_without_a_database_it_is_live_and_not_ready(url: str) -> None:
    if driver := DRIVERS.get(url.partition(":")[0]):
        pytest.importorskip(driver)
    assert probe(url, LIVE, READY, HEALTH, "/graphql/", "/graphql") == [
        "/health/live/ 200 {'status': 'ok'}",
        f"/health/ready/ 503 {UNAVAILABLE}",
        f"/health/ 200 {UNAVAILABLE | VERSION}",
        "/graphql/ 200 SERVICE_UNAVAILABLE",  # the field fails
        "/graphql 503 SERVICE_UNAVAILABLE",  # the caller cannot be identified
    ]


@pytest.mark.parametrize("scheme", DRIVERS)
def test_a_hanging_database_is_not_ready(scheme: str) -> None:
    pytest.importorskip(DRIVERS[scheme])
    with socket.create_server(("127.0.0.1", 0), backlog=16) as silent:
        url = f"{scheme}://app:app@127.0.0.1:{silent.getsockname()[1]}/app"
        assert probe(url, READY) == [f"/health/ready/ 503 {UNAVAILABLE}"]


@pytest.mark.django_db(transaction=True)
def test_a_broken_connection_is_replaced(client: Browser) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no connection that can break.")
    select_id, kill = {
        "mysql": ("SELECT CONNECTION_ID()", "KILL CONNECTION {}"),
        "postgresql": ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend({}, 5000)"),  # waits until it is closed
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(select_id)
        (number,) = cursor.fetchone()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(kill.format(number))
    finally:
        other.close()
    assert health_at(client, READY) == (503, UNAVAILABLE)
    assert health_at(client, READY) == (200, HEALTHY)


@pytest.fixture
def hanging() -> Iterator[str]:
    """The address of a server that accepts connections and never responds."""
    with socket.create_server((HOST, 0), backlog=16) as silent:
        yield f"{HOST}:{silent.getsockname()[1]}"


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memcached and Redis may respond later than the product allows: other tests keep the machine busy."""
    monkeypatch.setattr("cache.connection.MOMENT_SECONDS", PATIENT_SECONDS)
    monkeypatch.setitem(redis_client.OPTIONS, "socket_connect_timeout", PATIENT_SECONDS)
    patient_client = partial(redis_client.connect_to_redis, timeout_seconds=PATIENT_SECONDS)
    monkeypatch.setattr("ops.readiness.connect_to_redis", patient_client)


def test_it_checks_memcached_and_redis(
    client: Browser, db: None, patient: None, rows: str, redis: TCPExecutor, settings: Any
) -> None:
    settings.REDIS_URL = f"redis://{HOST}:{redis.port}/0"
    assert health_at(client, READY) == (200, {**HEALTHY, "memcached": "ok", "redis": "ok"})


@pytest.mark.parametrize("how", ["refusing", "hanging"])
@pytest.mark.parametrize(("variable", "scheme"), [("MEMCACHED_URL", "memcached"), ("REDIS_URL", "redis")])
def test_without_memcached_or_redis_it_is_degraded_and_ready(
    variable: str, scheme: str, how: str, client: Browser, db: None, hanging: str, settings: Any
) -> None:
    setattr(settings, variable, f"{scheme}://{hanging if how == 'hanging' else f'{HOST}:{free_port()}'}")
    degraded = {**HEALTHY, "status": "degraded", scheme: "unavailable"}
    assert (health_at(client, READY), health_at(client, HEALTH)) == ((200, degraded), (200, degraded | VERSION))


# --- Who sees the details ---


@pytest.fixture
def stranger(client: Browser, settings: Any) -> Browser:
    settings.HEALTH_ADDRESSES = []
    return client


def test_strangers_see_the_status_alone(stranger: Browser, db: None, settings: Any) -> None:
    settings.SHOW_VERSION = False
    assert [health_at(stranger, path) for path in (HEALTH, READY)] == [(200, {"status": "ok"})] * 2
    settings.REDIS_URL = f"redis://{HOST}:{free_port()}"
    assert [health_at(stranger, path) for path in (HEALTH, READY)] == [(200, {"status": "degraded"})] * 2
    MigrationRecorder.Migration.objects.filter(app="reservation").order_by("-name")[0].delete()
    assert health_at(stranger, READY) == (503, {"status": "migrations pending"})


@pytest.mark.parametrize(("is_shown", "version"), [(True, settings.VERSION), (False, None)])
def test_strangers_see_the_version_unless_it_is_hidden(
    is_shown: bool, version: str | None, stranger: Browser, db: None, settings: Any
) -> None:
    settings.SHOW_VERSION = is_shown
    assert health_at(stranger, HEALTH)[1].get("version") == version
    operation = {"query": "{ viewer { isAuthenticated } }"}
    for response in (  # on the fast path, and on the long way
        stranger.post("/graphql", operation, content_type="application/json"),
        stranger.get(LIVE),
        stranger.get("/nothing/"),
    ):
        assert response.headers.get("X-Version") == version


@pytest.mark.parametrize(
    ("forwarded", "is_shown"), [("203.0.113.9", True), ("203.0.113.9, 8.8.8.8", False), ("", False)]
)
def test_the_address_that_the_trusted_proxy_reports_decides(
    forwarded: str, is_shown: bool, client: Browser, db: None, settings: Any
) -> None:
    settings.HEALTH_ADDRESSES = [ip_network("203.0.113.0/24")]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    _, body = health_at(client, READY, headers={"x-forwarded-for": forwarded})
    assert ("database" in body) is is_shown


def test_staff_sees_the_details_for_people_and_others_do_not(stranger: Browser, db: None, settings: Any) -> None:
    settings.SHOW_VERSION = False
    stranger.force_login(make_user())
    assert health_at(stranger, HEALTH) == (200, {"status": "ok"})
    stranger.force_login(make_user(is_staff=True))
    assert health_at(stranger, HEALTH) == (200, HEALTHY | VERSION)
    assert health_at(stranger, READY) == (200, {"status": "ok"})


def test_a_database_that_fails_after_it_was_checked_hides_the_details_from_staff(
    stranger: Browser, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OperationalError("gone")

    stranger.force_login(make_user(is_staff=True))
    monkeypatch.setattr(readiness, "found", (readiness.get(), math.inf))
    with connection.execute_wrapper(fail):
        response = stranger.get(HEALTH)
    assert (response.status_code, response.json()) == (200, {"status": "ok", **VERSION})


# --- What a check costs ---


class CountingMemcached:
    """A server that responds to `version` only, and counts the connections and the commands."""

    def __init__(self) -> None:
        self.connections, self.commands = 0, 0
        self.open: list[socket.socket] = []

        class Handler(socketserver.StreamRequestHandler):
            def handle(handler) -> None:  # noqa: N805
                self.connections += 1
                self.open.append(handler.connection)
                for _ in iter(handler.rfile.readline, b""):
                    self.commands += 1
                    time.sleep(0.02)  # so that others ask meanwhile
                    handler.wfile.write(b"VERSION 1.6\r\n")

        self.server = socketserver.ThreadingTCPServer((HOST, 0), Handler)
        self.server.daemon_threads = True
        self.url = f"memcached://{HOST}:{self.server.server_address[1]}"


@pytest.fixture
def counting() -> Iterator[CountingMemcached]:
    counting = CountingMemcached()
    thread = threading.Thread(target=counting.server.serve_forever)
    thread.start()
    yield counting
    counting.server.shutdown()
    for open_connection in counting.open:
        with suppress(OSError):  # the client has closed it
            open_connection.shutdown(socket.SHUT_RDWR)
    counting.server.server_close()
    thread.join()


def test_many_requests_at_once_ask_the_servers_once_a_second(tmp_path: Path, counting: CountingMemcached) -> None:
    database = f"sqlite:///{tmp_path}/db.sqlite3"
    with run_server(database_url=database, workers=1, threads=4, MEMCACHED_URL=counting.url) as server:
        begun = time.monotonic()
        with ThreadPoolExecutor(16) as threads:
            statuses = list(threads.map(lambda _: get(server.port, READY), range(200)))
        elapsed = time.monotonic() - begun
    assert statuses == [(503, "migrations pending")] * 200
    assert 0 < counting.commands <= elapsed + 1
    assert counting.connections <= 4  # one for each thread


def test_a_check_keeps_its_connections(
    client: Browser, db: None, patient: None, counting: CountingMemcached, redis: TCPExecutor, settings: Any
) -> None:
    settings.MEMCACHED_URL = counting.url
    settings.REDIS_URL = f"redis://{HOST}:{redis.port}/0"
    with Redis(host=HOST, port=redis.port) as admin:
        before = admin.info("stats")["total_connections_received"]
        for _ in range(5):
            assert health_at(client, READY)[1]["status"] == "ok"
        assert admin.info("stats")["total_connections_received"] - before == 1
        # A connection that the server has closed is replaced.
        admin.client_kill_filter(_type="normal", skipme=True)
        assert health_at(client, READY)[1]["status"] == "ok"
        assert admin.info("stats")["total_connections_received"] - before == 2
    assert (counting.connections, counting.commands) == (1, 6)


# --- The clock ---

SET_CLOCK = {
    "mysql": "SET timestamp = UNIX_TIMESTAMP() + {seconds}",
    "postgresql": (
        "CREATE SCHEMA other_clock; CREATE FUNCTION other_clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql"
        " AS $$ SELECT pg_catalog.clock_timestamp() + make_interval(secs => {seconds}) $$;"
        " SET search_path = other_clock, pg_catalog, public"
    ),
}
RESET_CLOCK = {"mysql": "SET timestamp = DEFAULT", "postgresql": "RESET search_path; DROP SCHEMA other_clock CASCADE"}


@pytest.mark.parametrize("seconds", [3600, -3600])
def test_a_clock_that_differs_is_degraded_and_counted(seconds: int, client: Browser, db: None, settings: Any) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no clock of its own.")
    settings.METRICS, settings.METRICS_ADDRESSES = True, settings.HEALTH_ADDRESSES
    with connection.cursor() as cursor:
        cursor.execute(SET_CLOCK[connection.vendor].format(seconds=seconds))
        try:
            readiness.clear()
            response = client.get(READY)
            counts = client.get("/metrics").content.decode()
        finally:
            cursor.execute(RESET_CLOCK[connection.vendor])
    body = response.json()
    assert response.status_code == 200
    assert abs(body.pop(SKEW) - seconds) < 60
    assert body == {**HEALTHY, "status": "degraded", "clock": "skewed"}
    assert 'appointments_dependency_checks_total{dependency="clock",state="skewed"}' in counts
    assert health_at(client, READY) == (200, HEALTHY)


def test_readiness_fails_while_draining(transactional_db: None) -> None:
    # Given a server that drains for three seconds
    with run_server(database_url=url_of_test_database(), workers=2, threads=2, DRAIN_SECONDS="3") as server:
        assert get(server.port, READY) == (200, "ok")
        # When it is stopped
        assert server.process is not None
        os.kill(server.process.pid, signal.SIGTERM)
        # Then it is not ready for a while, and still serves requests
        deadline = time.monotonic() + 2
        while (response := get(server.port, READY)) == (200, "ok") and time.monotonic() < deadline:
            time.sleep(0.05)
        assert response == (503, "draining")
        assert get(server.port, LIVE) == (200, "ok")


def get(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection(HOST, port, timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    state = json.load(response)["status"]
    connection.close()
    return response.status, state
