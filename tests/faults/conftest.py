"""The stack, who makes a load on it, and the table of what came of it."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial

import pytest

from tests.faults.load import Crowd, Load, loading
from tests.faults.report import IS_WANTED, Report
from tests.faults.stack import Stack, Unavailable
from tests.faults.visitor import Visitor

CLIENTS = 40


@pytest.fixture(scope="session")
def whole_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """All of it, with demo data. Ask for `stack`, which is in order when a test begins."""
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
    """The stack with everything running; what a test stopped or killed is started again after it."""
    yield whole_stack
    whole_stack.mend()


@pytest.fixture
def port(stack: Stack) -> int:
    """nginx's."""
    return stack.port("nginx")


@pytest.fixture
def crowd(stack: Stack) -> Crowd:
    """Clients of the demo with fresh access tokens, and what is open."""
    return Crowd(**json.loads(stack.run("-m", "tests.faults.inside", "crowd", str(CLIENTS))))


@pytest.fixture
def load(port: int, crowd: Crowd) -> Callable[..., AbstractContextManager[Load]]:
    """Starts a load: `with load(clients=8, pause=0.01, tries=1) as requests:`; see `loading`."""
    return partial(loading, port, crowd)


@pytest.fixture
def visitor(port: int) -> Iterator[Visitor]:
    """One connection to nginx."""
    visitor = Visitor(port)
    yield visitor
    visitor.close()


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Iterator[Report]:
    """Takes a row for each fault. Written when all tests passed, and only when FAULTS_REPORT asks for it."""
    report = Report()
    yield report
    if IS_WANTED and not request.session.testsfailed:
        report.write()
