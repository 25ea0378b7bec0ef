"""Fixtures: the stack, load on it, and the table of results."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial

import pytest

from tests.faults.api_client import ApiClient
from tests.faults.load import Crowd, Load, generate_load
from tests.faults.report import IS_FULL_RUN, Report
from tests.faults.stack import Stack, Unavailable

CLIENTS = 40


@pytest.fixture(scope="session")
def whole_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The stack with demo data, for all tests. A test uses `stack`, of which every server is running."""
    home = tmp_path_factory.mktemp("stack")
    stack = Stack(home)
    try:
        stack.up()
    except Unavailable as missing:
        pytest.skip(str(missing))
    else:
        yield stack
    finally:
        if (home / "env").exists():
            stack.call("down")
        shutil.rmtree(home)


@pytest.fixture
def stack(whole_stack: Stack) -> Iterator[Stack]:
    """The stack with every server running. What the test stops or kills is started again afterwards."""
    yield whole_stack
    whole_stack.recover()


@pytest.fixture
def port(stack: Stack) -> int:
    """The port of nginx."""
    return stack.port("nginx")


@pytest.fixture
def crowd(stack: Stack) -> Crowd:
    """Clients of the demo data with fresh access tokens, and the open appointments."""
    return Crowd(**json.loads(stack.run("-m", "tests.faults.inside", "crowd", str(CLIENTS))))


@pytest.fixture
def load(port: int, crowd: Crowd) -> Callable[..., AbstractContextManager[Load]]:
    """Generates load: `with load(clients=8, pause=0.01, tries=1) as traffic:`; see `generate_load`."""
    return partial(generate_load, port, crowd)


@pytest.fixture
def api_client(port: int) -> Iterator[ApiClient]:
    """One connection to nginx."""
    api_client = ApiClient(port)
    yield api_client
    api_client.close()


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Iterator[Report]:
    """Collects a row for each fault. Writes the table if all tests pass and FAULTS_REPORT is set."""
    report = Report()
    yield report
    if IS_FULL_RUN and not request.session.testsfailed:
        report.write()
