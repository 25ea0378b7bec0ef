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
WELL = {"status": "ok", "database": "ok", **OTHERS}
GONE = {"status": "unavailable", "database": "unavailable", **OTHERS}
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
        answer = browser.get(path)
    else:
        answer = browser.post(path, {"query": "{ providers { totalCount } }"}, "application/json", headers=headers)
    body = answer.json()
    print(path, answer.status_code, body["errors"][0]["extensions"]["code"] if "errors" in body else body)
"""
"""Ask for these paths; /graphql as somebody, /graphql/ as nobody."""


def told(browser: Browser, path: str) -> tuple[int, dict[str, Any]]:
    response = browser.get(path)
    assert "no-store" in response["Cache-Control"]
    return response.status_code, response.json()


def test_everything_is_ok(client: Browser, db: None) -> None:
    assert told(client, HEALTH) == (200, WELL)
    assert told(client, LIVE) == (200, {"status": "ok"})
    assert told(client, READY) == (200, WELL)


def test_liveness_checks_no_dependency(client: Browser) -> None:
    # Without the `db` fixture a statement would be an error.
    assert told(client, LIVE) == (200, {"status": "ok"})


def test_readiness_does_not_read_the_session(client: Browser, db: None, django_assert_max_num_queries: Any) -> None:
    client.cookies["sessionid"] = "x" * 32
    with django_assert_max_num_queries(2):
        assert told(client, READY) == (200, WELL)


def test_pending_migrations_are_not_ready(client: Browser, db: None) -> None:
    last = MigrationRecorder.Migration.objects.filter(app="reservation").order_by("-name")[0]
    last.delete()
    behind = {"status": "migrations pending", "database": "migrations pending", **OTHERS}
    assert told(client, READY) == (503, behind)
    assert told(client, HEALTH) == (200, behind)
    assert told(client, LIVE) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", [HEALTH, LIVE, READY])
def test_other_methods_are_refused(path: str, client: Browser, db: None) -> None:
    assert client.head(path).status_code == 200
    for method in (client.post, client.put, client.delete):
        assert method(path).status_code == 405


def probe(database_url: str, *paths: str) -> list[str]:
    """What a process with this database tells at these paths; it has 20 seconds for it."""
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
        f"/health/ready/ 503 {GONE}",
        f"/health/ 200 {GONE}",
        "/graphql/ 200 SERVICE_UNAVAILABLE",  # the field fails
        "/graphql 503 SERVICE_UNAVAILABLE",  # nobody can tell who asks
    ]


@pytest.mark.parametrize("scheme", DRIVERS)
def test_a_hanging_database_is_not_ready(scheme: str) -> None:
    pytest.importorskip(DRIVERS[scheme])
    with socket.create_server(("127.0.0.1", 0), backlog=16) as silent:
        url = f"{scheme}://app:app@127.0.0.1:{silent.getsockname()[1]}/app"
        assert probe(url, READY) == [f"/health/ready/ 503 {GONE}"]


@pytest.mark.django_db(transaction=True)
def test_a_broken_connection_is_replaced(client: Browser) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("A file has no connection that breaks.")
    ask, kill = {
        "mysql": ("SELECT CONNECTION_ID()", "KILL CONNECTION {}"),
        "postgresql": ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend({}, 5000)"),  # and wait until it is gone
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(ask)
        (number,) = cursor.fetchone()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(kill.format(number))
    finally:
        other.close()
    assert told(client, READY) == (503, GONE)
    assert told(client, READY) == (200, WELL)


@pytest.fixture
def hanging() -> Iterator[str]:
    """An address that takes connections and says nothing."""
    with socket.create_server((HOST, 0), backlog=16) as silent:
        yield f"{HOST}:{silent.getsockname()[1]}"


def test_it_checks_memcached_and_redis(client: Browser, db: None, rows: str, redis: TCPExecutor, settings: Any) -> None:
    settings.REDIS_URL = f"redis://{HOST}:{redis.port}/0"
    assert told(client, READY) == (200, {"status": "ok", "database": "ok", "memcached": "ok", "redis": "ok"})


@pytest.mark.parametrize("how", ["refusing", "hanging"])
@pytest.mark.parametrize(("variable", "scheme"), [("MEMCACHED_URL", "memcached"), ("REDIS_URL", "redis")])
def test_without_memcached_or_redis_it_is_degraded_and_ready(
    variable: str, scheme: str, how: str, client: Browser, db: None, hanging: str, settings: Any
) -> None:
    setattr(settings, variable, f"{scheme}://{hanging if how == 'hanging' else f'{HOST}:{free_port()}'}")
    degraded = {**WELL, "status": "degraded", scheme: "unavailable"}
    assert (told(client, READY), told(client, HEALTH)) == ((200, degraded), (200, degraded))


def test_readiness_fails_while_draining(transactional_db: None) -> None:
    # Given a server that drains for three seconds
    with run_server(database_url=url_of_test_database(), workers=2, threads=2, DRAIN_SECONDS="3") as server:
        assert get(server.port, READY) == (200, "ok")
        # When it is told to stop
        assert server.process is not None
        os.kill(server.process.pid, signal.SIGTERM)
        # Then for a while it is not ready, and answers all the same
        deadline = time.monotonic() + 2
        while (answer := get(server.port, READY)) == (200, "ok") and time.monotonic() < deadline:
            time.sleep(0.05)
        assert answer == (503, "draining")
        assert get(server.port, LIVE) == (200, "ok")


def get(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection(HOST, port, timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    answer = response.status, json.load(response)["status"]
    connection.close()
    return answer
