"""gunicorn as it is in production, on a free loopback port, and what its workers spend."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.client import Address

ROOT = Path(__file__).resolve().parent.parent
WORKERS, THREADS = 2, 4
START_SECONDS = 30
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[bytes]
    address: Address

    def cpu_seconds(self) -> float:
        """What the workers have spent so far, in user mode and in the kernel."""
        pid = self.process.pid
        workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return sum(cpu_ticks(worker) for worker in workers) / TICKS_A_SECOND


def cpu_ticks(pid: str) -> int:
    # See proc(5): the command's name, in brackets, may hold spaces; utime and stime are the 14th and 15th field.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@contextmanager
def memcached() -> Iterator[str]:
    """The URL of a Memcached of our own."""
    host, port = free_address()
    command = ["memcached", "-l", host, "-p", str(port), "-U", "0", "-u", "nobody"]
    with subprocess.Popen(command) as process:
        try:
            wait_for(process, (host, port))
            yield f"memcached://{host}:{port}"
        finally:
            process.terminate()


@contextmanager
def serve(database_url: str, **variables: str) -> Iterator[Server]:
    """The application and its peers, on this database, with these variables."""
    address = free_address()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "--config", "app-api-django/gunicorn.conf.py"),
            *("--bind", f"{address[0]}:{address[1]}", "--max-requests", "0", "--log-level", "warning"),
            "reservation.wsgi",
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": database_url,
            "WEB_CONCURRENCY": str(WORKERS),
            "WEB_THREADS": str(THREADS),
            "PYTHONWARNINGS": "ignore",  # nobody has collected static files
            **variables,
        },
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(process, address)
        yield Server(process, address)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_address() -> Address:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address: Address = probe.getsockname()
        return address


def wait_for(process: subprocess.Popen[bytes], address: Address) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(address) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"{process.args} did not start.")
