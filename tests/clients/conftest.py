"""A server with a small practice, and Node to run third-party clients against it."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from graphql import OperationDefinitionNode, parse

from tests.factories import make_appointments, make_client, make_provider, make_user
from tests.servers import HOST, serve, url_of_test_database

NODE: Path = settings.BASE_DIR / "tests" / "node"
EXAMPLES = sorted((settings.BASE_DIR / "docs" / "examples").glob("*.graphql"))
SCHEMA: Path = settings.BASE_DIR / "schema.graphql"
TIMEOUT_SECONDS = 60

Tool = Callable[..., subprocess.CompletedProcess[str]]
Program = Callable[..., Any]


@dataclass(frozen=True)
class Server:
    """The address of the API."""

    port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def graphql(self) -> str:
        return f"{self.url}/graphql/"


@contextmanager
def serving(**variables: str) -> Iterator[Server]:
    """Runs gunicorn with these variables on the test database. Persisted queries are cached in its only process."""
    with serve(database_url=url_of_test_database(), workers=1, threads=2, MEMCACHED_URL="", **variables) as port:
        yield Server(port)


@pytest.fixture(scope="session")
def server(django_db_setup: None) -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture(scope="session")
def draft_server(django_db_setup: None) -> Iterator[Server]:
    """A server with the statuses of the newer draft of GraphQL over HTTP."""
    with serving(GRAPHQL_HTTP_STATUS_PROFILE="draft") as server:
        yield server


@pytest.fixture
def practice(server: Server, transactional_db: None) -> dict[str, Any]:
    """Anna has five appointments in a row, at noon in a week. Returns what a program needs to reserve one."""
    noon = datetime.combine(timezone.now().date() + timedelta(days=7), time(12), tzinfo=UTC)
    appointments = make_appointments(make_provider(name="Anna"), starts_at=noon, number=5)
    credentials = {"email": "cleo@example.com", "password": "correct-horse-9"}
    make_client(user=make_user(**credentials), name="Cleo")
    period = {"startsFrom": noon.isoformat(), "startsBefore": (noon + timedelta(days=1)).isoformat()}
    starts = [f"{appointment.starts_at:%Y-%m-%dT%H:%M:%SZ}" for appointment in appointments]
    return {"server": server.url, "credentials": credentials, "filter": period, "starts": starts}


@pytest.fixture(scope="session")
def tool() -> Tool:
    """Runs a file of tests/node with these arguments."""
    if not shutil.which("node"):
        pytest.skip("Node is not installed: script/test installs it")
    if not (NODE / "node_modules").exists():
        pytest.skip("tests/node has no packages: script/npm tests/node installs them")

    def tool(file: str, *arguments: str | Path, stdin: str = "", cwd: Path = NODE) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["node", str(NODE / file), *map(str, arguments)],
            cwd=cwd,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
        )

    return tool


@pytest.fixture(scope="session")
def program(tool: Tool) -> Program:
    """Runs a program of tests/node with this input; returns its output."""

    def program(name: str, **given: Any) -> Any:
        run = tool(name, stdin=json.dumps(given))
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout)

    return program


def operation_of(document: str) -> str:
    """The name of the one operation of a document."""
    [operation] = parse(document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    assert operation.name is not None
    return operation.name.value
