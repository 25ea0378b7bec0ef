"""The stack that faults are made in: one of our own, as `script/stack` makes it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings

UNAVAILABLE = 69
"""How script/stack ends when a system package is missing."""

NAMES = ("mariadb", "memcached", "redis", "app", "nginx")
START_SECONDS = 180
WAIT_SECONDS = 30

# Nobody is refused for how much they ask: a load comes from one address.
NO_LIMITS = {
    "RATE_LIMIT_PERSON": "0",
    "RATE_LIMIT_ANONYMOUS": "0",
    "RESERVATIONS_PER_HOUR": "0",
    "LOG_IN_ATTEMPTS": "0",
    "NGINX_RATE": "100000r/s",
    "NGINX_BURST": "100000",
}


class Unavailable(Exception):
    """The stack cannot be had here; says why."""


class Stack:
    """Two processes of four threads, unless its variables say otherwise."""

    def __init__(self, home: Path, **variables: str) -> None:
        self.home = home
        self.given = {"WEB_CONCURRENCY": "2", "WEB_THREADS": "4", **NO_LIMITS, **variables, "STACK_HOME": str(home)}

    def call(self, *arguments: str, **variables: str) -> str:
        """What `script/stack …` prints. variables: what else what it starts is given, once."""
        done = subprocess.run(
            ["script/stack", *arguments],
            cwd=settings.BASE_DIR,
            env={**os.environ, **self.given, **variables},
            text=True,
            capture_output=True,
            timeout=START_SECONDS,
            check=False,
        )
        if done.returncode == UNAVAILABLE:
            raise Unavailable(done.stderr.strip().splitlines()[-1])
        if done.returncode:
            raise AssertionError(f"script/stack {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def up(self) -> None:
        self.call("up")
        self.run("manage.py", "load_demo", "--verbosity", "0", "--providers=10", "--days=60", "--booked=0.2")

    def run(self, *arguments: str) -> str:
        """What Python prints, run as the application is."""
        return self.call("run", sys.executable, *arguments)

    def start(self, name: str, **variables: str) -> None:
        self.call("start", name, **variables)

    def stop(self, name: str) -> None:
        self.call("stop", name)

    def kill(self, name: str) -> None:
        """End it, with all its processes, as a power cut would."""
        self.call("kill", name)

    def mend(self) -> None:
        """Let go on what was stopped by a signal, and start what is not running."""
        environment = self.environment
        for name in NAMES:
            if pid := environment[f"{name.upper()}_PID"]:
                os.kill(int(pid), signal.SIGCONT)
            else:
                self.start(name)

    def restart(self, name: str, **variables: str) -> None:
        self.stop(name)
        self.start(name, **variables)

    @property
    def environment(self) -> dict[str, str]:
        """What `script/stack env` says: STACK_URL, REDIS_PORT, REDIS_PID, DATABASE_URL and so on."""
        return dict(line.split("=", 1) for line in self.call("env").splitlines())

    def port(self, name: str) -> int:
        return int(self.environment[f"{name.upper()}_PORT"])

    def pid(self, name: str) -> int:
        return int(self.environment[f"{name.upper()}_PID"])

    def signal(self, name: str, number: signal.Signals) -> None:
        """To the process alone: SIGSTOP lets a server hang, SIGCONT go on, SIGHUP renews gunicorn's workers."""
        os.kill(self.pid(name), number)

    def workers(self) -> list[psutil.Process]:
        """gunicorn's, the oldest first."""
        return sorted(psutil.Process(self.pid("app")).children(), key=lambda worker: worker.create_time())

    def log(self, name: str) -> str:
        return (self.home / "log" / name).read_text()

    def check(self) -> None:
        """Every invariant holds, or it is an AssertionError."""
        self.run("manage.py", "verify_reservations")

    def count(self, expression: str) -> Any:
        """A value that the database knows, as in `Reservation.objects.count()`."""
        return json.loads(self.run("-m", "tests.faults.inside", "count", expression))


def wait_until(is_so: Callable[[], bool], *, seconds: float = WAIT_SECONDS) -> None:
    """Return as soon as it is so. Never so is an AssertionError."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError(f"Not within {seconds} seconds: {is_so}")
        time.sleep(0.05)
