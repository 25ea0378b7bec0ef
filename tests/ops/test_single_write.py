"""A response is sent in one write, without a copy of a large body."""

from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.config import Config

from ops.single_write import MAX_BYTES, SingleWriteResponse


class RecordingSocket:
    """Records what is written to it."""

    def __init__(self) -> None:
        self.writes: list[Any] = []

    def sendall(self, data: Any) -> None:
        self.writes.append(data)


def writes_of(*parts: bytes) -> list[Any]:
    """What is written to the connection of a response with these parts of a body."""
    request: Any = SimpleNamespace(version=(1, 1), method="GET", should_close=lambda: False)
    socket: Any = RecordingSocket()
    response = SingleWriteResponse(request, socket, Config())
    response.start_response("200 OK", [("Content-Length", str(sum(map(len, parts))))])
    for part in parts:
        response.write(part)
    return list(socket.writes)


@pytest.mark.parametrize("body", [b"", b"x", b"x" * MAX_BYTES])
def test_header_and_body_are_one_write(body: bytes) -> None:
    [write] = writes_of(body)
    assert write.startswith(b"HTTP/1.1 200 OK\r\n")
    assert write.endswith(b"\r\n\r\n" + body)


def test_a_very_large_body_is_written_without_a_copy() -> None:
    body = b"x" * (MAX_BYTES + 1)
    header, written = writes_of(body)
    assert header.startswith(b"HTTP/1.1 200 OK\r\n")
    assert written is body


def test_further_parts_of_a_body_are_written_by_themselves() -> None:
    first, second = writes_of(b"a", b"b")
    assert first.endswith(b"\r\n\r\na")
    assert second == b"b"
