"""Health checks: liveness, readiness, and the state of each dependency."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client as Browser
from mirakuru import TCPExecutor

from tests.servers import HOST, free_port, run_server, url_of_test_database

OTHERS = {"memcached": "not used", "redis": "not used"}
HEALTHY = {"status": "ok", "database": "ok", **OTHERS}
UNAVAILABLE = {"status": "unavailable", "database": "unavailable", **OTHERS}
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


def health_at(browser: Browser, path: str) -> tuple[int, dict[str, Any]]:
    response = browser.get(path)
    assert "no-store" in response["Cache-Control"]
    return response.status_code, response.json()


def test_health_is_ok_when_all_dependencies_are_available(client: Browser, db: None) -> None:
    assert health_at(client, HEALTH) == (200, HEALTHY)
    assert health_at(client, LIVE) == (200, {"status": "ok"})
    assert health_at(client, READY) == (200, HEALTHY)


def test_liveness_checks_no_dependency(client: Browser) -> None:
    # Without the `db` fixture a statement would be an error.
    assert health_at(client, LIVE) == (200, {"status": "ok"})


def test_readiness_does_not_read_the_session(client: Browser, db: None, django_assert_max_num_queries: Any) -> None:
    client.cookies["sessionid"] = "x" * 32
    with django_assert_max_num_queries(2):
        assert health_at(client, READY) == (200, HEALTHY)


def test_pending_migrations_are_not_ready(client: Browser, db: None) -> None:
    last = MigrationRecorder.Migration.objects.filter(app="reservation").order_by("-name")[0]
    last.delete()
    pending = {"status": "migrations pending", "database": "migrations pending", **OTHERS}
    assert health_at(client, READY) == (503, pending)
    assert health_at(client, HEALTH) == (200, pending)
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
        f"/health/ 200 {UNAVAILABLE}",
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


def test_it_checks_memcached_and_redis(client: Browser, db: None, rows: str, redis: TCPExecutor, settings: Any) -> None:
    settings.REDIS_URL = f"redis://{HOST}:{redis.port}/0"
    assert health_at(client, READY) == (200, {"status": "ok", "database": "ok", "memcached": "ok", "redis": "ok"})


@pytest.mark.parametrize("how", ["refusing", "hanging"])
@pytest.mark.parametrize(("variable", "scheme"), [("MEMCACHED_URL", "memcached"), ("REDIS_URL", "redis")])
def test_without_memcached_or_redis_it_is_degraded_and_ready(
    variable: str, scheme: str, how: str, client: Browser, db: None, hanging: str, settings: Any
) -> None:
    setattr(settings, variable, f"{scheme}://{hanging if how == 'hanging' else f'{HOST}:{free_port()}'}")
    degraded = {**HEALTHY, "status": "degraded", scheme: "unavailable"}
    assert (health_at(client, READY), health_at(client, HEALTH)) == ((200, degraded), (200, degraded))


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
