"""No response is older than promised, whatever fails. Readers and writers run in processes of their own, and every
response is compared with the history of acknowledged changes."""

import json
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from multiprocessing import get_context

import pytest
from pymemcache.client.base import Client

from api.types.ids import from_global_id
from tests.faults.api_client import ApiClient
from tests.faults.calendars import OPEN, calendars_from, read_until
from tests.faults.history import History
from tests.faults.report import IS_FULL_RUN
from tests.faults.stack import wait_until
from tests.faults.writer import Writer
from tests.gate import gate_before
from tests.servers import HOST

pytestmark = pytest.mark.faults

NGINX_SECONDS = 1.0
"""The promise through nginx, which serves a cached response only within the same second of its clock."""

CLOCK_SECONDS = 0.05
"""How late nginx's clock may be, which it reads once for all events that have arrived meanwhile."""

WRITERS = 3
CHANGES = 60 if IS_FULL_RUN else 20
"""How many changes each writer makes."""


# --- Faults ----------------------------------------------------------------------------------------------------------


@contextmanager
def nothing(stack):
    yield


@contextmanager
def losing(stack, what, tmp_path):
    """On the database backend that loses what it is told, at random."""
    log = tmp_path / "losses"
    log.touch()
    arguments = "--env DJANGO_SETTINGS_MODULE=tests.faults.losing.settings"
    stack.restart("app", GUNICORN_CMD_ARGS=arguments, LOSE=what, LOSE_LOG=str(log))
    try:
        yield
    finally:
        lost = Counter(log.read_text().splitlines())
        stack.restart("app")
    print(dict(lost))
    assert len([line for line in lost if line != "begun"]) == 2  # before COMMIT, and after it


@contextmanager
def repeatedly(begin: Callable[[], object], end: Callable[[], object]) -> Iterator[None]:
    """Begins and ends a fault again and again, until the block ends."""
    is_over = threading.Event()

    def repeat() -> None:
        while not is_over.wait(random.uniform(0.3, 1.5)):
            begin()
            is_over.wait(random.uniform(0.1, 1.5))
            end()

    with ThreadPoolExecutor(1) as threads:
        repeating = threads.submit(repeat)
        try:
            yield
        finally:
            is_over.set()
            repeating.result()


@contextmanager
def behind_gate(stack):
    """The application reaches Memcached through a gate."""
    with gate_before(stack.port("memcached")) as gate:
        stack.restart("app", GUNICORN_CMD_ARGS=f"--env MEMCACHED_URL=memcached://{HOST}:{gate.port}")
        try:
            yield gate
        finally:
            stack.restart("app")


@contextmanager
def gated(stack, fault):
    with behind_gate(stack) as gate, repeatedly(partial(fault, gate), gate.open):
        yield


def slow_down(gate):
    gate.slow_down(lambda: random.uniform(0, 0.2))


def slow_down_much(gate):
    gate.slow_down(lambda: 0.6)


FAULTS = {
    "none": lambda stack, tmp_path: nothing(stack),
    "the same key three times at once": lambda stack, tmp_path: nothing(stack),
    "the answer to COMMIT is lost": lambda stack, tmp_path: losing(stack, "commits", tmp_path),
    "a process is killed in COMMIT": lambda stack, tmp_path: losing(stack, "processes", tmp_path),
    "Memcached is killed, and started again": lambda stack, tmp_path: repeatedly(
        lambda: stack.kill("memcached"), lambda: stack.start("memcached")
    ),
    "Memcached is stopped (SIGSTOP), and goes on": lambda stack, tmp_path: repeatedly(
        lambda: stack.signal("memcached", signal.SIGSTOP), lambda: stack.signal("memcached", signal.SIGCONT)
    ),
    "Memcached takes up to 0.2 s": lambda stack, tmp_path: gated(stack, slow_down),
    "Memcached takes 0.6 s": lambda stack, tmp_path: gated(stack, slow_down_much),
    "Memcached cannot be reached": lambda stack, tmp_path: gated(stack, lambda gate: gate.refuse()),
    "what is sent to Memcached is lost": lambda stack, tmp_path: gated(stack, lambda gate: gate.swallow()),
}
AT_ONCE = "the same key three times at once"


# --- The mixed load --------------------------------------------------------------------------------------------------


def initialise(barrier, event):
    """Prepares a process: all begin at the barrier, and readers go on until the event, when the writers are done."""
    global start, is_over
    start, is_over = barrier, event


def write(calendars, writable, number, **options):
    writer = Writer(calendars, writable, **options)
    start.wait()
    writer.write(number)
    return writer.changes, writer.done


def read(calendars, port, by_get):
    start.wait()
    return read_until(is_over.is_set, calendars, port, by_get=by_get)


class Lateness:
    """How late a thread that sleeps is waked, at most: what a loaded machine adds to every promise of nginx."""

    def __init__(self):
        self.seconds = 0.0
        self.is_over = threading.Event()

    def measure(self):
        while not self.is_over.is_set():
            began = time.monotonic()
            time.sleep(0.005)
            self.seconds = max(self.seconds, time.monotonic() - began - 0.005)


@pytest.fixture
def lateness():
    lateness = Lateness()
    with ThreadPoolExecutor(1) as threads:
        threads.submit(lateness.measure)
        yield lateness
        lateness.is_over.set()


@pytest.fixture
def calendars(stack):
    return calendars_from(json.loads(stack.run("-m", "tests.faults.inside", "calendars", str(WRITERS))))


@pytest.mark.parametrize("fault", FAULTS)
def test_no_response_is_older_than_promised(fault, stack, calendars, lateness, report, tmp_path):
    environment = stack.environment
    nginx, app = int(environment["NGINX_PORT"]), int(environment["APP_PORT"])
    options = {"port": app, "database_url": environment["DATABASE_URL"], "at_once": fault == AT_ONCE}
    context = get_context("spawn")  # monotonic clocks are the machine's, so those of several processes agree
    readers = [(app, False), (app, False), (nginx, True)]
    number = WRITERS + len(readers)
    barrier, is_over = context.Barrier(number), context.Event()
    shared = {"initializer": initialise, "initargs": (barrier, is_over)}
    with ProcessPoolExecutor(number, mp_context=context, **shared) as processes, FAULTS[fault](stack, tmp_path):
        try:
            reading = [processes.submit(read, calendars, *reader) for reader in readers]
            writing = [processes.submit(write, calendars, one, CHANGES, **options) for one in calendars.writable]
            written = [one.result() for one in writing]
        finally:
            is_over.set()
        found = [one.result() for one in reading]
    history = History(calendars.initial)
    for changes, _ in written:
        history.add(changes)
    ages = [[history.age(one) for one in reads] for reads in found]
    app_ages, nginx_ages = [*ages[0], *ages[1]], ages[2]
    changes = sum(sum(done.values()) for _, done in written)
    print(sum((done for _, done in written), Counter()), f"{lateness.seconds:.3f} s late", sep=", ")
    report.add_ages(fault, changes=changes, app=app_ages, nginx=nginx_ages)

    assert changes >= WRITERS * CHANGES
    assert min(len(app_ages), len(nginx_ages)) > 20
    assert [age for age in app_ages if age > 0] == []
    assert max(nginx_ages) <= NGINX_SECONDS + CLOCK_SECONDS + lateness.seconds


# --- Nobody asks for anything ----------------------------------------------------------------------------------------


@pytest.fixture
def memcached(stack):
    """A connection to Memcached that no fault concerns."""
    with closing(Client((HOST, stack.port("memcached")), timeout=30)) as client:
        yield client


@pytest.mark.parametrize("fault", ["refuse", "swallow"])
def test_a_change_is_sent_to_memcached_when_it_is_back_although_nobody_asks_for_anything(
    fault, stack, calendars, memcached
):
    window = {"query": OPEN, "variables": calendars.window()}
    writable = calendars.writable[0]
    with behind_gate(stack) as gate, closing(ApiClient(stack.port("app"))) as api_client:
        nodes = api_client.send("", "POST", "/graphql/", window).body["data"]["openAppointments"]["nodes"]
        [node, *_] = [node for node in nodes if node["provider"]["id"] == writable.providers[0]]
        pk = from_global_id(writable.providers[0], noun="Provider")
        names = ["generations:1:calendars", f"generations:1:calendar:{pk}"]

        def are_cached():
            for providers in (None, writable.providers):
                body = {**window, "variables": calendars.window(providers)}
                assert not api_client.send("", "POST", "/graphql/", body).failed
            return memcached.get_many(names).keys() == set(names)

        wait_until(are_cached)
        before = memcached.get_many(names)
        writer = Writer(calendars, writable, port=stack.port("app"), database_url="")
        getattr(gate, fault)()
        payload, _ = writer.mutate("reserveAppointment", writable.client_tokens[0], appointmentId=node["id"])
        assert payload
        assert memcached.get_many(names) == before
        gate.open()
        wait_until(lambda: all(value != before[name] for name, value in memcached.get_many(names).items()))


def test_no_persisted_query_is_denied_twice_by_a_process_while_memcached_is_away(stack, calendars):
    denied = Counter()
    stack.stop("memcached")
    for number in range(200):
        with closing(ApiClient(stack.port("app"))) as api_client:
            kinds = []
            api_client.on_request = lambda request, kinds=kinds: kinds.append(request.codes)
            request = api_client.read_by_hash(OPEN + f"# {number % 2}", **calendars.window())
        assert not request.failed
        denied[number % 2] += ("PERSISTED_QUERY_NOT_FOUND",) in kinds
    assert max(denied.values()) <= len(stack.workers())
