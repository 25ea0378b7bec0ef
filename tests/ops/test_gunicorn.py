"""gunicorn with the project's configuration: connections reach every process, and stay open after any request body."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest
from mirakuru import HTTPExecutor

from tests.faults.stack import wait_until
from tests.servers import HOST, run_server

LIVE = "/health/live/"
OK = 200, {"status": "ok"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HTTPExecutor]:
    path = tmp_path_factory.mktemp("database") / "db.sqlite3"
    with run_server(database_url=f"sqlite:///{path}", workers=2, threads=2) as server:
        yield server


def workers(server: HTTPExecutor) -> list[psutil.Process]:
    assert server.process is not None
    return psutil.Process(server.process.pid).children()


def connections_of(worker: psutil.Process, port: int) -> int:
    return sum(
        one.laddr.port == port and one.status == psutil.CONN_ESTABLISHED for one in worker.net_connections("tcp")
    )


def send(connection: HTTPConnection, method: str = "GET", body: Any = None) -> tuple[int, Any]:
    connection.request(method, LIVE, body)
    response = connection.getresponse()
    text = response.read()
    return response.status, json.loads(text) if response.status == 200 else None


@pytest.fixture
def connect(server: HTTPExecutor) -> Iterator[Callable[[], HTTPConnection]]:
    """Opens a connection that is closed after the test."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(HTTPConnection(HOST, server.port, timeout=60)))


def test_new_connections_reach_every_process(server: HTTPExecutor, connect: Callable[[], HTTPConnection]) -> None:
    wait_until(lambda: len(workers(server)) == 2)

    def is_spread() -> bool:
        assert send(connect()) == OK
        return all(connections_of(worker, server.port) for worker in workers(server))

    wait_until(is_spread)


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"x" * 100 * 1024, [b"x" * 1024] * 100],
    ids=["none", "a byte", "100 KiB", "100 KiB in chunks"],
)
def test_a_connection_stays_open_after_a_body_that_the_view_did_not_read(body: Any, server: HTTPExecutor) -> None:
    """Without the project's configuration, gunicorn reads up to 64 KiB, and closes the connection if there is more."""
    with closing(HTTPConnection(HOST, server.port, timeout=60)) as connection:
        connection.connect()
        socket = connection.sock
        for _ in range(3):
            assert send(connection, "POST", body) == (403, None)  # no CSRF token
            assert send(connection) == OK
        assert connection.sock is socket
