"""Answers that are written whole.

gunicorn writes the header of an answer, and then its body. A worker that is killed in between leaves nginx with half an
answer, which it has begun to pass on and cannot ask another worker for.
"""

from typing import Any

from gunicorn.http import wsgi


class Gathered(bytearray):
    """Takes what is written to it as a socket would."""

    sendall = bytearray.extend


class WholeResponse(wsgi.Response):
    """Writes the header with the first part of the body; of Django's answers, but for streams, that is all of it."""

    sock: Any

    def write(self, arg: bytes) -> None:
        if self.headers_sent:
            super().write(arg)
            return
        connection = self.sock
        gathered = self.sock = Gathered()
        try:
            super().write(arg)
        finally:
            self.sock = connection
        connection.sendall(gathered)


def write_whole_answers() -> None:
    """From now on, in this process and those that it forks. gunicorn has no setting for it."""
    wsgi.Response = WholeResponse
