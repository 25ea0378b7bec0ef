"""Fixtures: the stack, load on it, and the table of results."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.faults.api_client import ApiClient
from tests.faults.calendars import Calendars, calendars_from
from tests.faults.full_run import IS_FULL_RUN
from tests.faults.load import Crowd, Load, generate_load
from tests.faults.losing.losses import Losses
from tests.faults.mixed_load import WRITERS, Processes
from tests.faults.mixed_load import check_freshness as check_freshness_of
from tests.faults.report import Report
from tests.faults.stack import Stack, Unavailable, cloned_stack
from tests.gate import Gate, gate_before

CLIENTS = 40


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The directory of a stack with demo data, which is down. Every stack is a copy of it: to make one takes long.

    The first process of pytest that needs it makes it, and the last one deletes it.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    home, users, lock = shared / "template", shared / "template-users", shared / "template-lock"
    users.mkdir(exist_ok=True)
    user = users / str(os.getpid())
    with locked(lock):
        if not any(users.iterdir()):
            stack = Stack(home)
            try:
                stack.up()
            except Unavailable as missing:
                pytest.skip(str(missing))
            finally:
                stack.down()
        user.touch()
    try:
        yield home
    finally:
        with locked(lock):
            user.unlink()
            if not any(users.iterdir()):
                shutil.rmtree(home)


@pytest.fixture(scope="session")
def whole_stack(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Iterator[Stack]:
    """The stack with demo data, for all tests. A test uses `stack`, of which every server is running."""
    with cloned_stack(tmp_path_factory.mktemp("stack"), template) as stack:
        yield stack


@pytest.fixture
def app_variables() -> dict[str, str]:
    """The additional variables of the application. Tests that need other ones replace this fixture."""
    return {}


@pytest.fixture
def stack(whole_stack: Stack, app_variables: dict[str, str]) -> Iterator[Stack]:
    """The stack with every server running. What the test stops or kills is started again afterwards; what it restarts
    with other variables, before the next test that does not need just those."""
    whole_stack.provide("app", **app_variables)
    whole_stack.provide("nginx")
    yield whole_stack
    whole_stack.recover()


@pytest.fixture
def port(stack: Stack) -> int:
    """The port of nginx."""
    return stack.port("nginx")


@pytest.fixture
def crowd(stack: Stack) -> Crowd:
    """Clients of the demo data with fresh access tokens, and the open appointments."""
    return Crowd(**stack.ask("crowd", CLIENTS))


@pytest.fixture
def load(port: int, crowd: Crowd) -> Callable[..., AbstractContextManager[Load]]:
    """Generates load: `with load(clients=8, pause=0.01, tries=1) as traffic:`; see `generate_load`."""
    return partial(generate_load, port, crowd)


@pytest.fixture(scope="session")
def processes() -> Iterator[Processes]:
    """Those of the mixed loads, one after the other."""
    processes = Processes()
    with processes.pool:
        yield processes


@pytest.fixture
def calendars(stack: Stack) -> Calendars:
    """Calendars of their own for the writers of a mixed load."""
    return calendars_from(stack.ask("calendars", WRITERS))


@pytest.fixture
def check_freshness(
    stack: Stack, calendars: Calendars, processes: Processes, report: Report
) -> Callable[[str, AbstractContextManager[object]], None]:
    """`check_freshness(name, fault)`; see tests/faults/mixed_load.py."""
    return partial(check_freshness_of, stack, calendars, processes, report)


@pytest.fixture(scope="session")
def gate_of_memcached(whole_stack: Stack) -> Iterator[Gate]:
    """One gate, so that an application that has its port needs no restart between tests."""
    with gate_before(whole_stack.port("memcached")) as gate:
        yield gate


@pytest.fixture
def gate(gate_of_memcached: Gate) -> Iterator[Gate]:
    """A gate before Memcached, for an application that reaches it there."""
    yield gate_of_memcached
    gate_of_memcached.open()


@pytest.fixture(scope="session")
def losses(tmp_path_factory: pytest.TempPathFactory) -> Losses:
    """What the database loses, for an application with the variables `losses.variables`."""
    return Losses(tmp_path_factory.mktemp("losses"))


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
