"""What a load balancer asks: whether the process answers, and whether to send requests to it."""

import os
import socket
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client as Browser

HEALTH, LIVE, READY = "/health/", "/health/live/", "/health/ready/"

PROBE = """
import sys, django
django.setup()
from datetime import timedelta
from django.test import Client
from django.utils import timezone
from reservation.tokens.own import Kind, Token, write_token
browser = Client(headers={"host": "localhost"})
claims = Token(user_id=1, session_key="x" * 32, jti="1")
token = write_token(Kind.ACCESS, claims, lifetime=timedelta(minutes=1), now=timezone.now())
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


def test_all_is_well(client: Browser, db: None) -> None:
    assert told(client, HEALTH) == (200, {"status": "ok", "database": "ok"})
    assert told(client, LIVE) == (200, {"status": "ok"})
    assert told(client, READY) == (200, {"status": "ok"})


def test_liveness_asks_nobody(client: Browser) -> None:
    # Without the `db` fixture a statement would be an error.
    assert told(client, LIVE) == (200, {"status": "ok"})


def test_readiness_does_not_ask_for_the_session(client: Browser, db: None, django_assert_max_num_queries: Any) -> None:
    client.cookies["sessionid"] = "x" * 32
    with django_assert_max_num_queries(2):
        assert told(client, READY) == (200, {"status": "ok"})


def test_tables_that_are_behind_the_code_are_not_ready(client: Browser, db: None) -> None:
    last = MigrationRecorder.Migration.objects.filter(app="reservation").order_by("-name")[0]
    last.delete()
    assert told(client, READY) == (503, {"status": "migrations pending"})
    assert told(client, HEALTH) == (200, {"status": "degraded", "database": "migrations pending"})
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


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.sqlite3", "mysql://app:app@127.0.0.1:1/app"])
def test_without_a_database_it_lives_and_is_not_ready(url: str) -> None:
    if url.startswith("mysql"):
        pytest.importorskip("MySQLdb")
    assert probe(url, LIVE, READY, HEALTH, "/graphql/", "/graphql") == [
        "/health/live/ 200 {'status': 'ok'}",
        "/health/ready/ 503 {'status': 'unavailable'}",
        "/health/ 200 {'status': 'degraded', 'database': 'unavailable'}",
        "/graphql/ 200 SERVICE_UNAVAILABLE",  # the field fails
        "/graphql 503 SERVICE_UNAVAILABLE",  # nobody can tell who asks
    ]


def test_a_database_that_says_nothing_is_not_ready() -> None:
    pytest.importorskip("MySQLdb")
    with socket.create_server(("127.0.0.1", 0), backlog=16) as silent:
        url = f"mysql://app:app@127.0.0.1:{silent.getsockname()[1]}/app"
        assert probe(url, READY) == ["/health/ready/ 503 {'status': 'unavailable'}"]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_is_replaced(client: Browser) -> None:
    if connection.vendor != "mysql":
        pytest.skip("A file has no connection that breaks.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT CONNECTION_ID()")
        (number,) = cursor.fetchone()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(f"KILL CONNECTION {number:d}")
    finally:
        other.close()
    assert told(client, READY) == (503, {"status": "unavailable"})
    assert told(client, READY) == (200, {"status": "ok"})
