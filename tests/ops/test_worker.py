"""Which worker takes a new connection, and that a connection stays what it was whatever was sent on it."""

import json
import os
import signal
import socket
import time
from array import array
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from select import select
from selectors import EVENT_READ
from types import SimpleNamespace
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest
from gunicorn.config import Config
from mirakuru import HTTPExecutor

from ops import worker
from ops.threads import WINDOW_SECONDS
from ops.worker import NOBODY, PATIENCE_SECONDS, STEP_SECONDS, BalancedWorker, fewest
from tests.servers import HOST, run_server

LIVE = "/health/live/"
CONNECTIONS = 16


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Pool:
    """Takes jobs, and does none."""

    def __init__(self) -> None:
        self.jobs: list[Any] = []
        self.are_behind = False
        self.adjusted = 0

    def submit(self, *job: Any) -> "Future[Any]":
        self.jobs.append(job)
        return Future()

    def adjust(self) -> None:
        self.adjusted += 1


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> memoryview:
    board = memoryview(array("i", [NOBODY] * 4))
    monkeypatch.setattr(worker, "board", board)
    return board


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(worker, "time", clock)
    return clock


class Asked(BalancedWorker):
    """A worker without a process, whose poller never waits: how long it would have is told."""

    def __init__(self, listener: socket.socket) -> None:
        super().__init__(2, os.getpid(), [listener], None, 20, Config(), None)
        self.tpool = Pool()
        self.waits: list[float] = []
        self.method_queue.init()
        self.poller = self
        self.polled: dict[Any, Any] = {}

    def register(self, listener: Any, _events: int, callback: Any) -> None:
        self.polled[listener] = callback

    def unregister(self, listener: Any) -> None:
        del self.polled[listener]

    def select(self, timeout: float) -> list[Any]:
        self.waits.append(timeout)
        ready, _, _ = select(self.polled, (), (), 0)
        return [(SimpleNamespace(fileobj=one, data=self.polled[one]), EVENT_READ) for one in ready]

    def turn(self) -> int:
        """A turn of its loop; how many connections it has then."""
        self.set_accept_enabled(True)
        self.wait_for_and_dispatch_events(1.0)
        return int(self.nr_conns)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server((HOST, 0), backlog=16) as listener:
        listener.setblocking(False)
        yield listener


@pytest.fixture
def asked(board: memoryview, clock: Clock, listener: socket.socket) -> Iterator[Asked]:
    """A worker whose place is the third."""
    asked = Asked(listener)
    assert asked.turn() == 0
    yield asked
    asked.tmp.close()
    asked.method_queue.close()
    for _, connection in asked.tpool.jobs:
        connection.close()


@pytest.fixture
def connect(listener: socket.socket) -> Iterator[Callable[[], None]]:
    callers: list[socket.socket] = []
    yield lambda: callers.append(socket.create_connection(listener.getsockname(), timeout=60))
    for caller in callers:
        caller.close()


def test_it_says_how_many_it_has_until_it_stops(asked: Asked, board: memoryview) -> None:
    asked.nr_conns = 7
    asked.turn()
    assert board.tolist() == [NOBODY, NOBODY, 7, NOBODY]
    asked.alive = False
    asked.turn()
    assert board.tolist() == [NOBODY] * 4
    asked.alive = True
    asked.turn()
    asked.leave()
    assert board.tolist() == [NOBODY] * 4
    assert asked.tpool.adjusted == 4


def test_the_fewest_are_those_of_workers_that_are_there(board: memoryview) -> None:
    assert fewest() == 0
    board[:] = array("i", [NOBODY, 5, 3, NOBODY])
    assert fewest() == 3


@pytest.mark.parametrize("others", [[], [2], [2, 9]])
def test_who_has_no_more_than_others_takes_it_at_once(
    others: list[int], asked: Asked, board: memoryview, connect: Callable[[], None]
) -> None:
    asked.nr_conns = 2
    for place, number in enumerate(others):
        board[place] = number
    connect()
    assert (asked.turn(), len(asked.tpool.jobs)) == (3, 1)


def test_who_has_more_leaves_it_to_others_for_a_moment(
    asked: Asked, board: memoryview, clock: Clock, connect: Callable[[], None]
) -> None:
    asked.nr_conns = 2
    board[0] = 1
    connect()
    began = clock.now
    # It does not look at new connections, and waits no longer than a step
    assert (asked.turn(), asked.polled) == (2, {})
    assert (asked.turn(), asked.polled) == (2, {})
    assert asked.waits[-1] == pytest.approx(STEP_SECONDS)
    # And again, until its patience ends
    while asked.turn() == 2:
        clock.now += STEP_SECONDS * 1.01
        assert clock.now - began < PATIENCE_SECONDS + 2 * STEP_SECONDS
    assert clock.now - began >= PATIENCE_SECONDS
    assert len(asked.tpool.jobs) == 1
    # Which begins anew with the next one
    connect()
    assert (asked.turn(), asked.polled) == (3, {})


def test_who_waited_takes_it_once_others_have_as_many(
    asked: Asked, board: memoryview, clock: Clock, connect: Callable[[], None]
) -> None:
    asked.nr_conns = 2
    board[0] = 1
    connect()
    assert asked.turn() == 2
    board[0] = 2
    clock.now += STEP_SECONDS * 1.01
    assert asked.turn() == 3


def test_a_connection_that_somebody_took_leaves_its_patience_to_the_next_one(
    asked: Asked, board: memoryview, clock: Clock, listener: socket.socket, connect: Callable[[], None]
) -> None:
    # Given one that it left to another worker, who took it
    asked.nr_conns = 4
    board[0] = 1
    connect()
    assert asked.turn() == 4
    listener.accept()[0].close()
    board[0] = 2
    # When it looked since, and nobody was there
    for _ in range(5):
        clock.now += PATIENCE_SECONDS
        assert asked.turn() == 4
    # Then the next one is left to those who have fewer, too
    connect()
    assert asked.turn() == 4


def test_it_waits_no_longer_than_a_window_while_its_threads_are_behind(asked: Asked) -> None:
    asked.turn()
    assert asked.waits[-1] == 1.0
    asked.tpool.are_behind = True
    asked.turn()
    assert asked.waits[-1] == WINDOW_SECONDS


# --- A server ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HTTPExecutor]:
    path = tmp_path_factory.mktemp("database") / "db.sqlite3"
    with run_server(database_url=f"sqlite:///{path}", workers=2, threads=2) as server:
        yield server


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def workers(server: HTTPExecutor) -> list[psutil.Process]:
    assert server.process is not None
    return psutil.Process(server.process.pid).children()


def ask(connection: HTTPConnection, method: str = "GET", body: Any = None) -> tuple[int, Any]:
    connection.request(method, LIVE, body)
    response = connection.getresponse()
    text = response.read()
    return response.status, json.loads(text) if response.status == 200 else None


def connected(worker: psutil.Process, port: int) -> int:
    """How many connections to this port the worker has."""
    return sum(
        one.laddr.port == port and one.status == psutil.CONN_ESTABLISHED for one in worker.net_connections("tcp")
    )


OK = 200, {"status": "ok"}


@pytest.fixture
def connect_to_server(server: HTTPExecutor) -> Iterator[Callable[[], HTTPConnection]]:
    """Open a connection that stays open until the test ends."""
    with ExitStack() as open_ones:

        def connect() -> HTTPConnection:
            connection = open_ones.enter_context(closing(HTTPConnection(HOST, server.port, timeout=60)))
            connection.connect()
            return connection

        yield connect


def test_connections_are_spread_over_workers_and_those_of_a_killed_one_over_who_is_left(
    server: HTTPExecutor, connect_to_server: Callable[[], HTTPConnection]
) -> None:
    wait_until(lambda: len(workers(server)) == 2)
    # When many connections are made at once
    connections = [connect_to_server() for _ in range(CONNECTIONS)]
    assert [ask(connection) for connection in connections] == [OK] * CONNECTIONS
    # Then each worker has its share of them, and keeps it
    before = workers(server)
    shares = [connected(worker, server.port) for worker in before]
    assert (len(shares), sum(shares)) == (2, CONNECTIONS)
    assert min(shares) >= CONNECTIONS / 4
    assert [ask(connection) for connection in connections] == [OK] * CONNECTIONS
    assert [connected(worker, server.port) for worker in before] == shares
    # And when one is killed, another comes in its place, and gets of the next ones
    before[0].send_signal(signal.SIGKILL)
    wait_until(lambda: len(workers(server)) == 2 and before[0] not in workers(server))
    (new,) = (worker for worker in workers(server) if worker != before[1])
    wait_until(lambda: ask(connect_to_server()) == OK and connected(new, server.port) >= CONNECTIONS / 4)
    assert connected(before[1], server.port) >= shares[1]


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"x" * 100 * 1024, [b"x" * 1024] * 100],
    ids=["none", "a byte", "100 KiB", "100 KiB in chunks"],
)
def test_a_connection_is_kept_over_a_body_that_was_not_read(body: Any, server: HTTPExecutor) -> None:
    """gunicorn by itself reads up to 64 KiB, and closes it over more."""
    with closing(HTTPConnection(HOST, server.port, timeout=60)) as connection:
        connection.connect()
        line = connection.sock
        for _ in range(3):
            assert ask(connection, "POST", body) == (403, None)  # no cookie, no form
            assert ask(connection) == OK
        assert connection.sock is line
