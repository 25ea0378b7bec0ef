"""Sends the header and the body of a response in one write.

gunicorn writes the header first, and then the body. A worker that is killed in between leaves nginx with half a
response, part of which it may have sent to the client, so that it cannot retry the request on another worker.
"""

from typing import Any

from gunicorn.http import wsgi

MAX_BYTES = 2**20
"""A larger body is written after the header, since the buffer would copy it."""


class WriteBuffer(bytearray):
    """Collects what is written to it, with the one method of a socket that gunicorn calls."""

    sendall = bytearray.extend


class SingleWriteResponse(wsgi.Response):
    """Sends the header together with the first part of the body, which is the whole body unless it is streamed or very
    large."""

    sock: Any

    def write(self, arg: bytes) -> None:
        if self.headers_sent or len(arg) > MAX_BYTES:
            super().write(arg)
            return
        connection = self.sock
        buffer = self.sock = WriteBuffer()
        try:
            super().write(arg)
        finally:
            self.sock = connection
        connection.sendall(buffer)


def use_single_write() -> None:
    """Replaces gunicorn's response class, for which it has no setting, in this process and in those it forks later."""
    wsgi.Response = SingleWriteResponse
