"""The application under gunicorn, in a process beside the tests."""

import random
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from mirakuru import HTTPExecutor

HOST = "127.0.0.1"
START_SECONDS = 30
PORTS = (28_000, 32_000)


def free_port() -> int:
    """Returns a local port that is free at the moment.

    It is below the ephemeral ports, since an outgoing connection could take one of these before a server binds to it,
    and above those of script/stack, whose servers may be stopped for a while.
    """
    while True:
        port = random.SystemRandom().randrange(*PORTS)  # not seeded: parallel processes of pytest have the same seed
        with socket.socket() as listener, suppress(OSError):
            listener.bind((HOST, port))
            return port


def url_of_test_database() -> str:
    """Returns the DATABASE_URL of the test database, for other processes."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl()


@contextmanager
def serve(**options: Any) -> Iterator[int]:
    """Yields the port of a server that runs until the block ends. Options as in `run_server`."""
    with run_server(**options) as server:
        yield server.port


@contextmanager
def run_server(
    *, database_url: str, workers: int, threads: int, log: IO[bytes] | None = None, **variables: str
) -> Iterator[HTTPExecutor]:
    """Yields a server, with its port and process, that runs until the block ends.

    log: file for its output. Default: that of the tests.
    variables: more environment variables.
    """
    with socket.socket() as listener:
        # The server inherits the socket: a port that is only looked up could be taken before the server binds to it.
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
