"""An HTTP client that costs little beside the server that it measures: one thread, persistent connections."""

import json
import re
import selectors
import socket
import time
from collections.abc import Generator, Iterable
from typing import Any, Self

Address = tuple[str, int]
Script = Generator[bytes, bytes, None]
"""The requests of one connection: a generator that yields a request, is sent the body of its response, and so on."""

TIMEOUT_SECONDS = 60
CONTENT_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)", re.IGNORECASE)
CLOSING = b"\r\nConnection: close"


class Failed(Exception):
    """A response that must not be measured, such as an error."""


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def post(path: str, content: dict[str, Any], *, token: str | None = None) -> bytes:
    body = json.dumps(content).encode()
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{authorization}"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


class Connection:
    """A connection to a server.

    is_closing: whether the last response had `Connection: close`.
    """

    def __init__(self, address: Address) -> None:
        self.is_closing = False
        self.socket = socket.create_connection(address, timeout=TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.socket.close()

    def send(self, request: bytes) -> None:
        self.socket.sendall(request)

    def receive(self) -> bytes:
        """Returns the body of the next response. Raises Failed unless its status is 200."""
        head, body = b"", b""
        while b"\r\n\r\n" not in head:
            head += self.read()
        head, _, body = head.partition(b"\r\n\r\n")
        length = CONTENT_LENGTH.search(head)
        while length and len(body) < int(length[1]):
            body += self.read()
        if not length or head[9:12] != b"200":
            raise Failed((head + b"\r\n\r\n" + body[:1000]).decode())
        self.is_closing = CLOSING in head
        return body

    def read(self) -> bytes:
        part = self.socket.recv(1 << 16)
        if not part:
            raise Failed("The server closed the connection.")
        return part

    def fetch(self, request: bytes) -> bytes:
        self.send(request)
        return self.receive()


def flood(address: Address, scripts: Iterable[Script]) -> tuple[int, float]:
    """Runs the scripts concurrently, each on a connection. Returns the number of responses and the seconds."""
    responses = 0
    with selectors.DefaultSelector() as waiting:

        def send(connection: Connection, script: Script, request: bytes) -> None:
            connection.send(request)
            waiting.register(connection.socket, selectors.EVENT_READ, (connection, script))

        started = time.perf_counter()
        for script in scripts:
            if (request := next(script, None)) is not None:
                send(Connection(address), script, request)
        while waiting.get_map():
            for key, _ in waiting.select(TIMEOUT_SECONDS):
                connection, script = key.data
                response = connection.receive()
                responses += 1
                try:
                    request = script.send(response)
                except StopIteration:
                    waiting.unregister(connection.socket)
                    connection.socket.close()
                    continue
                if not connection.is_closing:
                    connection.send(request)
                else:  # as nginx does after a thousand requests
                    waiting.unregister(connection.socket)
                    connection.socket.close()
                    send(Connection(address), script, request)
        return responses, time.perf_counter() - started
