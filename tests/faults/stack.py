"""A separate stack for these tests, which `script/stack` starts."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings

UNAVAILABLE = 69
"""The exit status of script/stack when a system package is missing."""

NAMES = ("mariadb", "memcached", "redis", "app", "nginx")
START_SECONDS = 180
WAIT_SECONDS = 120
"""The limit of every wait for what must happen. It is long, since a busy machine is no failure."""

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
    """variables: environment variables; None for the product's default. Unless they say otherwise, the application has
    two processes of four threads."""

    def __init__(self, home: Path, **variables: str | None) -> None:
        self.home = home
        given = {"WEB_CONCURRENCY": "2", "WEB_THREADS": "4", **NO_LIMITS, **variables, "STACK_HOME": str(home)}
        self.given = {name: value for name, value in given.items() if value is not None}
        self.variables: dict[str, dict[str, str]] = {}
        self.inside: subprocess.Popen[str] | None = None

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
        """Makes and starts the stack, with demo data."""
        self.call("up")
        self.run("manage.py", "load_demo", "--verbosity", "0", "--providers=10", "--days=60", "--booked=0.2")

    def clone(self, template: Path) -> None:
        """Makes and starts the stack with the data of another one, which is down."""
        self.call("clone", str(template))

    def down(self) -> None:
        """Stops everything, if it was ever made."""
        if self.inside:
            self.inside.kill()
            self.inside.communicate()
            self.inside = None
        if (self.home / "env").exists():
            self.call("down")

    def run(self, *arguments: str) -> str:
        """Returns what Python prints when it runs these arguments in the application's environment."""
        return self.call("run", sys.executable, *arguments)

    def start(self, name: str, **variables: str) -> None:
        """variables: additional environment variables of this server."""
        self.call("start", name, **variables)
        self.variables[name] = variables

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
        """Starts the server with other variables. It is killed, so no request may be in progress."""
        self.kill(name)
        self.start(name, **variables)

    def provide(self, name: str, **variables: str) -> None:
        """Restarts the server with these variables, unless it has been started with just them."""
        if self.variables.get(name, {}) != variables:
            self.restart(name, **variables)

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

    def ask(self, command: str, *arguments: Any) -> Any:
        """Returns the result of a command of tests/faults/inside.py."""
        self.inside = self.inside or subprocess.Popen(
            ["script/stack", "run", sys.executable, "-m", "tests.faults.inside"],
            cwd=settings.BASE_DIR,
            env={**os.environ, **self.given},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self.inside.stdin
        assert self.inside.stdout
        self.inside.stdin.write(json.dumps([command, *arguments]) + "\n")
        self.inside.stdin.flush()
        answer = json.loads(self.inside.stdout.readline())
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer["result"]

    def check(self) -> None:
        """Asserts the invariants of all reservations."""
        self.ask("check")

    def evaluate(self, expression: str) -> Any:
        """Returns the value of an expression about the models, such as `Reservation.objects.count()`."""
        return self.ask("evaluate", expression)


@contextmanager
def cloned_stack(home: Path, template: Path, **variables: str | None) -> Iterator[Stack]:
    """Yields a stack in this directory, with the data of another one, and deletes its files in the end."""
    stack = Stack(home, **variables)
    try:
        stack.clone(template)
        yield stack
    finally:
        stack.down()
        shutil.rmtree(home, ignore_errors=True)  # a directory that is mounted stays, empty


def wait_until(condition: Callable[[], object], *, seconds: float = WAIT_SECONDS) -> None:
    """Returns once the condition is true. Raises AssertionError after this many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"Not within {seconds} seconds: {condition}")
        time.sleep(0.05)
