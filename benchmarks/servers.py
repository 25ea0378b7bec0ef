"""Servers on free loopback ports, all with the same number of processes, and the CPU time of these."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.client import Address

ROOT = Path(__file__).resolve().parent.parent
WORKERS, THREADS = 2, 2
START_SECONDS = 60
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
SETTINGS, PEER_SETTINGS = "benchmarks.settings", "benchmarks.peers.settings"


@dataclass(frozen=True)
class Server:
    """A process whose child processes serve requests.

    behind: the server to which it passes requests on.
    """

    process: subprocess.Popen[bytes]
    address: Address
    behind: "Server | None" = None

    @property
    def workers(self) -> list[str]:
        pid = self.process.pid
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

    def cpu_seconds(self) -> float:
        """Returns the CPU time of the workers so far, in user mode and in the kernel."""
        seconds = sum(map(cpu_ticks, self.workers)) / TICKS_A_SECOND
        return seconds + (self.behind.cpu_seconds() if self.behind else 0)

    def wait(self) -> None:
        """Waits until it accepts connections. Raises SystemExit when it does not."""
        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(self.address) == 0:
                    return
            time.sleep(0.05)
        raise SystemExit(f"{self.process.args!r} did not start.")


def cpu_ticks(pid: str) -> int:
    # See proc(5): the command's name, in brackets, may have spaces; utime and stime are the 14th and 15th field.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@contextmanager
def started(
    *command: str,
    address: Address,
    behind: Server | None = None,
    variables: dict[str, str] | None = None,
    directory: Path = ROOT,
) -> Iterator[Server]:
    """Yields a server that may not accept connections yet."""
    environment = {**os.environ, **(variables or {})}
    process = subprocess.Popen(command, cwd=directory, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield Server(process, address, behind)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def gunicorn(
    database_url: str,
    application: str = "reservation.wsgi",
    *,
    settings: str = SETTINGS,
    directory: Path = ROOT,
    is_default: bool = False,
    **variables: str,
) -> Iterator[Server]:
    """Yields a server of the WSGI application: gunicorn with its production configuration and these variables.

    directory: the checkout that is served. is_default: whether it has as many processes and threads as its
    configuration says, rather than as many as the other servers.
    """
    address = free_address()
    bind = f"{address[0]}:{address[1]}"
    command = (sys.executable, "-m", "gunicorn", "--config", "app-api-django/gunicorn.conf.py", "--bind", bind)
    environment = {
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": settings,
        **({} if is_default else {"WEB_CONCURRENCY": str(WORKERS), "WEB_THREADS": str(THREADS)}),
        **variables,
    }
    options = ("--max-requests", "0", "--log-level", "warning")
    with started(
        *command, *options, application, address=address, variables=environment, directory=directory
    ) as server:
        yield server


@contextmanager
def django(database_url: str, peer: str) -> Iterator[Server]:
    """Yields a server of plain Django with a module of benchmarks.peers as its URL configuration."""
    application = "django.core.wsgi:get_wsgi_application()"
    with gunicorn(database_url, application, settings=PEER_SETTINGS, PEER=f"benchmarks.peers.{peer}") as server:
        yield server


@contextmanager
def node(database_url: str, script: str) -> Iterator[Server]:
    """Yields a server that runs a module of benchmarks/node."""
    address = free_address()
    variables = {
        "DATABASE_URL": database_url,
        "NODE_ENV": "production",
        "PORT": str(address[1]),
        "WEB_CONCURRENCY": str(WORKERS),
    }
    with started("node", f"benchmarks/node/{script}.mjs", address=address, variables=variables) as server:
        yield server


@contextmanager
def nginx(app: Server) -> Iterator[Server]:
    """Yields nginx with its production configuration, except for the rate limit, in front of this server."""
    address = free_address()
    with TemporaryDirectory(prefix="nginx.") as home:
        variables = {
            "NGINX_HOME": home,
            "NGINX_USER": Path(home).owner(),
            "NGINX_LISTEN": f"{address[0]}:{address[1]}",
            "NGINX_RATE": "1000000r/s",
            "NGINX_BURST": "100000",
            "NGINX_ACCESS_LOG": f"{home}/access.log",
            "APP_SERVER": f"{app.address[0]}:{app.address[1]}",
            "TLS_DIRECTORY": f"{home}/tls",  # where there is none
        }
        with started("nginx/run", address=address, behind=app, variables=variables) as server:
            yield server


@contextmanager
def memcached() -> Iterator[str]:
    """Yields the URL of a private Memcached."""
    host, port = address = free_address()
    with ExitStack() as stack:
        command = ("memcached", "-l", host, "-p", str(port), "-U", "0", "-u", "nobody")
        stack.enter_context(started(*command, address=address)).wait()
        yield f"memcached://{host}:{port}"


def free_address() -> Address:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address: Address = probe.getsockname()
        return address
