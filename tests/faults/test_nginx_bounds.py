"""What a client may take of nginx: memory is a small constant for each connection, and an address has few of them."""

import re
import socket
import time
from contextlib import ExitStack, closing, suppress
from functools import partial
from http.client import HTTPConnection
from itertools import count

import pytest

from tests.faults.nginx import MEMORY, application, respond_with, run_nginx
from tests.faults.stack import wait_until
from tests.servers import HOST

pytestmark = pytest.mark.faults

CONNECTIONS = 300
SLOW_BODY = (
    b"POST /graphql/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 250000\r\n\r\n{"
)
READ = b"GET /graphql/?query=x HTTP/1.1\r\nHost: localhost\r\n\r\n"


def connect(port, stack, sent, *, buffer=0):
    """Opens a connection and sends this. buffer: how much the kernel keeps for a client that does not read."""
    connection = socket.socket()
    stack.enter_context(closing(connection))
    if buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.settimeout(60)
    connection.connect((HOST, port))
    connection.sendall(sent)
    return connection


def status_so_far(connection):
    """The status of the response that has arrived; None while there is none."""
    connection.settimeout(0.01)
    with suppress(TimeoutError):
        return int(connection.recv(12, socket.MSG_PEEK).split()[1])  # stays there for the next call
    return None


def test_slow_bodies_of_one_address_cost_little_and_most_are_refused(tmp_path):
    with application(respond_with(b"{}")) as app, run_nginx(tmp_path / "nginx", app=app, NGINX_RATE="9999r/s") as nginx:
        before = nginx.memory
        with ExitStack() as stack:
            slow = [connect(nginx.port, stack, SLOW_BODY) for _ in range(CONNECTIONS)]
            statuses = [status_so_far(connection) for connection in slow]
            grown = nginx.memory - before

    # 64 may go on, until the time-out; a slow machine may have reached it for some.
    assert statuses.count(429) >= CONNECTIONS - 200
    assert set(statuses) <= {None, 429, 408}
    assert grown < CONNECTIONS * 64 * 1024  # it was 256 KB for each


def test_an_address_has_few_requests_in_progress_where_passwords_are_checked(tmp_path):
    log_in = SLOW_BODY.replace(b"/graphql/", b"/auth/app/v1/auth/login")
    with application(respond_with(b"{}")) as app, run_nginx(tmp_path / "nginx", app=app) as nginx, ExitStack() as stack:
        slow = [connect(nginx.port, stack, log_in) for _ in range(6)]
        # Two of the six, and not always the last ones: nginx may accept connections in another order.
        wait_until(lambda: [status_so_far(connection) for connection in slow].count(429) == 2)
        other = connect(nginx.port, stack, READ)
        wait_until(lambda: status_so_far(other) == 200)


def test_slow_readers_cost_a_bounded_amount_and_are_cut(tmp_path):
    answer = b"[%s]" % (b'"%s",' % (b"x" * 1000) * 64_000)  # 64 MB
    with application(respond_with(answer)) as app, run_nginx(tmp_path / "nginx", app=app) as nginx:
        before = nginx.memory
        with ExitStack() as stack:
            readers = [connect(nginx.port, stack, READ, buffer=4096) for _ in range(3)]
            time.sleep(3)
            grown = nginx.memory - before
            open_connections = partial(established, nginx)
            assert open_connections() == len(readers)
            wait_until(lambda: open_connections() == 0, seconds=60)

    assert grown < 3 * 10 * MEMORY  # it was the whole answer for each


def established(nginx):
    return sum(
        one.laddr.port == nginx.port and one.status == "ESTABLISHED"
        for child in nginx.process.children()
        for one in child.net_connections("tcp")
    )


def test_a_big_answer_reaches_an_honest_client_whole(tmp_path):
    answer = b"x" * (40 * MEMORY)
    with application(respond_with(answer)) as app, run_nginx(tmp_path / "nginx", app=app) as nginx:
        for pause in (0, 0.02):
            with closing(HTTPConnection(HOST, nginx.port, timeout=60)) as client:
                client.request("POST", "/graphql/", b"{}", {"Content-Type": "application/json"})
                response, size = client.getresponse(), 0
                while part := response.read(2 * MEMORY):
                    size += len(part)
                    time.sleep(pause)
                assert (response.status, size) == (200, len(answer))


def test_an_answer_within_the_temporary_file_frees_the_application_at_once(tmp_path):
    """A slow reader occupies no thread of the application."""
    finished = []

    def respond(handler):
        respond_with(b"x" * (5 * MEMORY))(handler)
        finished.append(time.monotonic())

    with application(respond) as app, run_nginx(tmp_path / "nginx", app=app) as nginx, ExitStack() as stack:
        reader = connect(nginx.port, stack, READ, buffer=4096)
        wait_until(lambda: finished)
        assert re.match(rb"HTTP/1.1 200", reader.recv(100))


def test_addresses_behind_a_trusted_proxy_have_limits_of_their_own(tmp_path):
    number = count(1)
    variables = {"NGINX_RATE": "1r/m", "NGINX_BURST": "2", "NGINX_TRUSTED_PROXIES": "127.0.0.1,10.0.0.0/8"}
    with application(respond_with(b"{}")) as app, run_nginx(tmp_path / "nginx", app=app, **variables) as nginx:

        def status(forwarded):
            with closing(HTTPConnection(HOST, nginx.port, timeout=60)) as client:
                client.request("GET", f"/?{next(number)}", headers={"X-Forwarded-For": forwarded})
                return client.getresponse().status

        assert [status(f"203.0.113.{host}") for host in range(9)] == [200] * 9
        # What stands before the address that the trusted proxy saw may be forged.
        forged = [status(f"198.51.100.{host}, 203.0.113.200, 10.0.0.7") for host in range(9)]
    assert forged == [200] * 3 + [429] * 6
