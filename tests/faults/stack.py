"""A separate stack for these tests, which `script/stack` starts."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings

UNAVAILABLE = 69
"""The exit status of script/stack when a system package is missing."""

NAMES = ("mariadb", "memcached", "redis", "app", "nginx")
START_SECONDS = 180
WAIT_SECONDS = 30

# No limits, because all load comes from one address, which may also see the states of all servers.
NO_LIMITS = {
    "HEALTH_ADDRESSES": "127.0.0.1",
    "RATE_LIMIT_PERSON": "0",
    "RATE_LIMIT_ANONYMOUS": "0",
    "RESERVATIONS_PER_HOUR": "0",
    "RESERVATIONS_PER_HOUR_OF_NETWORK": "0",
    "LOG_IN_ATTEMPTS": "0",
    "NGINX_RATE": "100000r/s",
    "NGINX_BURST": "100000",
    "NGINX_CONNECTIONS": "65535",
    "NGINX_AUTH_CONNECTIONS": "65535",
    "NGINX_ALL_CONNECTIONS": "65535",
}


class Unavailable(Exception):
    """The stack cannot run here. The message has the reason."""


class Stack:
    """variables: environment variables. By default, the application has two processes of four threads."""

    def __init__(self, home: Path, **variables: str) -> None:
        self.home = home
        self.given = {"WEB_CONCURRENCY": "2", "WEB_THREADS": "4", **NO_LIMITS, **variables, "STACK_HOME": str(home)}

    def call(self, *arguments: str, prefix: Sequence[str] = (), **variables: str) -> str:
        """Returns what `script/stack …` prints. variables: additional environment variables for this call.

        prefix: the command that runs it, such as `nice`.
        """
        done = subprocess.run(
            [*prefix, "script/stack", *arguments],
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
        """Returns what Python prints when it runs these arguments in the application's environment."""
        return self.call("run", sys.executable, *arguments)

    def start(self, name: str, **variables: str) -> None:
        self.call("start", name, **variables)

    def start_in(self, prefix: Sequence[str], name: str) -> None:
        """Starts a server by way of this command."""
        self.call("start", name, prefix=prefix)

    def stop(self, name: str) -> None:
        self.call("stop", name)

    def kill(self, name: str) -> None:
        """Kills the server with all its processes, like a power cut."""
        self.call("kill", name)

    def recover(self) -> None:
        """Resumes servers that a signal stopped, and starts those that are not running."""
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
        """What `script/stack env` prints: STACK_URL, REDIS_PORT, REDIS_PID, DATABASE_URL and so on."""
        return dict(line.split("=", 1) for line in self.call("env").splitlines())

    def port(self, name: str) -> int:
        return int(self.environment[f"{name.upper()}_PORT"])

    def pid(self, name: str) -> int:
        return int(self.environment[f"{name.upper()}_PID"])

    def signal(self, name: str, number: signal.Signals) -> None:
        """Signals the main process: SIGSTOP suspends it, SIGCONT resumes it, SIGHUP replaces gunicorn's workers."""
        os.kill(self.pid(name), number)

    def workers(self) -> list[psutil.Process]:
        """gunicorn's workers, the oldest first."""
        return sorted(psutil.Process(self.pid("app")).children(), key=lambda worker: worker.create_time())

    def log(self, name: str) -> str:
        return (self.home / "log" / name).read_text()

    def check(self) -> None:
        """Asserts the invariants of all reservations."""
        self.run("manage.py", "verify_reservations")

    def evaluate(self, expression: str) -> Any:
        """Returns the value of an expression about the models, such as `Reservation.objects.count()`."""
        return json.loads(self.run("-m", "tests.faults.inside", "evaluate", expression))


def wait_until(condition: Callable[[], bool], *, seconds: float = WAIT_SECONDS) -> None:
    """Returns once the condition is true. Raises AssertionError after this many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"Not within {seconds} seconds: {condition}")
        time.sleep(0.05)
