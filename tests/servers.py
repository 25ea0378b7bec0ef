"""The application under gunicorn, beside the tests."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from mirakuru import HTTPExecutor

HOST = "127.0.0.1"
START_SECONDS = 30


def free_port() -> int:
    """A port of this machine on which nobody listens right now."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def url_of_test_database() -> str:
    """The URL under which another process finds the database that pytest-django made."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl()


@contextmanager
def serve(**options: Any) -> Iterator[int]:
    """Answers on a port of this machine, which it yields, until the block ends. Options as in `run_server`."""
    with run_server(**options) as server:
        yield server.port


@contextmanager
def run_server(
    *, database_url: str, workers: int, threads: int, log: IO[bytes] | None = None, **variables: str
) -> Iterator[HTTPExecutor]:
    """A server that answers until the block ends, with its port, and its process.

    log: where all goes that it prints, if not to where the tests print.
    variables: what else its environment has.
    """
    with socket.socket() as listener:
        # The server inherits the socket: a port that was only looked up could be another's by the time it starts.
        listener.bind((HOST, 0))
        port = listener.getsockname()[1]
        server = HTTPExecutor(
            [
                *(sys.executable, "-m", "gunicorn", "reservation.wsgi"),
                *("--config", "app-api-django/gunicorn.conf.py"),
                *("--bind", f"fd://{listener.fileno()}"),
            ],
            url=f"http://{HOST}:{port}/health/live/",
            method="GET",
            timeout=START_SECONDS,
            cwd=str(settings.BASE_DIR),
            envvars={
                "ALLOWED_HOSTS": HOST,
                "DATABASE_URL": database_url,
                "DJANGO_SETTINGS_MODULE": "settings.test",
                "WEB_CONCURRENCY": str(workers),
                "WEB_THREADS": str(threads),
                **variables,
            },
            stdin=None,
            stdout=log,
            stderr=log,
            popen_kwargs={"pass_fds": [listener.fileno()]},
        )
        with server:
            yield server
