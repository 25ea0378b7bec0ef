"""Load on the stack, through nginx: clients that read and reserve, each over its own connection, and record every
request."""

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from tests.faults.api_client import CONFIRM, RESERVE, ApiClient, Request, reservation_in
from tests.faults.full_run import IS_FULL_RUN
from tests.faults.stack import wait_until
from tests.servers import HOST

OPEN_APPOINTMENTS = (
    "query($from: DateTime!, $before: DateTime!, $first: Int) {"
    " openAppointments(filter: {startsFrom: $from, startsBefore: $before}, first: $first)"
    " { nodes { id startsAt provider { name } } } }"
)
OPEN_APPOINTMENTS_OF = (
    "query($providers: [ID!], $from: DateTime!, $before: DateTime!, $first: Int) {"
    " openAppointments(filter: {providerIds: $providers, startsFrom: $from, startsBefore: $before}, first: $first)"
    " { nodes { id startsAt provider { name } } } }"
)
OWN_RESERVATIONS = "{ viewer { email } reservations(first: 5) { nodes { id status startsAt } } }"


@dataclass
class Crowd:
    """The clients of a load, and the appointments that they reserve, each tried by one client only.

    last_reservation: the key of the newest reservation before the load.
    """

    tokens: list[str]
    appointments: list[str]
    providers: list[str]
    last_reservation: int

    def random_token(self) -> str:
        return random.choice(self.tokens)


@dataclass
class Load:
    """A load, while it runs and afterwards.

    held: the ids of the reservations whose creation was acknowledged. confirmed: of those whose confirmation was.
    tries: how often a mutation is sent with the same idempotency key until it gets a response.
    share_of_changes: how much of what the clients do is to reserve an appointment.
    begun: for each client, when its last complete request began.
    """

    port: int
    crowd: Crowd
    tries: int = 1
    share_of_changes: float = 0.15
    requests: list[Request] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    crashes: list[BaseException] = field(default_factory=list)
    begun: dict[int, float] = field(default_factory=dict)
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def failures(self) -> list[Request]:
        return [request for request in self.requests if request.failed]

    @contextmanager
    def phase(self, number: int = 0, *, full: float = 0) -> Iterator[list[Request]]:
        """Collects the requests that start during the block and are complete when it ends.

        number: how many there must be before it ends, at least one of each client, so that none that began earlier is
        still in progress. full: the minimum of seconds, in a run that writes the table.
        """
        gathered: list[Request] = []
        begin = time.time()
        yield gathered
        if IS_FULL_RUN:
            time.sleep(max(0.0, begin + full - time.time()))

        def is_complete() -> bool:
            return len(self.started_between(begin, time.time())) >= number and min(self.begun.values()) >= begin

        wait_until(lambda: not number or self.crashes or is_complete())
        gathered.extend(self.started_between(begin, time.time()))

    def started_between(self, begin: float, end: float) -> list[Request]:
        return [request for request in list(self.requests) if begin <= request.started < end]

    def run_client(self, number: int, pause: float, address: str) -> None:
        api_client = ApiClient(self.port, partial(self.record, number), address=address)
        try:
            while not self.is_over.is_set():
                is_change = random.random() < self.share_of_changes
                send = reserve if is_change else random.choice((read_open, read_open_of_providers, read_own))
                send(self, api_client)
                time.sleep(random.uniform(0, 2 * pause))
        except BaseException as error:  # otherwise the load would decrease unnoticed
            self.crashes.append(error)
        finally:
            api_client.close()

    def record(self, number: int, request: Request) -> None:
        self.requests.append(request)
        self.begun[number] = request.started

    def retry(self, mutate: Callable[[], Request]) -> Request:
        for _ in range(self.tries):
            request = mutate()
            if not request.failed:
                break
            time.sleep(0.1)
        return request


def read_open(load: Load, api_client: ApiClient) -> None:
    api_client.read_by_hash(OPEN_APPOINTMENTS, **some_week())


def read_open_of_providers(load: Load, api_client: ApiClient) -> None:
    """The open appointments of two random providers."""
    api_client.read_by_hash(OPEN_APPOINTMENTS_OF, providers=random.sample(load.crowd.providers, 2), **some_week())


def some_week() -> dict[str, Any]:
    """A random window, so that neither nginx nor the response cache has the response."""
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2, minutes=random.randrange(50_000))
    return {
        "from": start.isoformat(),
        "before": (start + timedelta(days=7)).isoformat(),
        "first": random.randint(1, 20),
    }


def read_own(load: Load, api_client: ApiClient) -> None:
    api_client.post(OWN_RESERVATIONS, load.crowd.random_token())


def reserve(load: Load, api_client: ApiClient) -> None:
    """Holds an appointment and confirms it."""
    token, appointment = load.crowd.random_token(), load.crowd.appointments.pop()
    key, other = uuid.uuid4().hex, uuid.uuid4().hex
    request = load.retry(lambda: api_client.mutate(RESERVE, token, key, appointmentId=appointment))
    if (hold := reservation_in(request)) is None:
        return
    load.held.append(hold)
    request = load.retry(lambda: api_client.mutate(CONFIRM, token, other, reservationId=hold))
    if reservation_in(request) is not None:
        load.confirmed.append(hold)


@contextmanager
def generate_load(
    port: int,
    crowd: Crowd,
    *,
    clients: int = 8,
    pause: float = 0.01,
    tries: int = 1,
    share_of_changes: float = 0.15,
    confirmed: int = 0,
    addresses: Sequence[str] = (HOST,),
) -> Iterator[Load]:
    """Generates load until the block ends.

    pause: the average number of seconds between requests of a client. addresses: from which the clients come, in turn.
    confirmed: how many reservations must be confirmed before it ends.
    """
    load = Load(port, crowd, tries, share_of_changes, begun=dict.fromkeys(range(clients), 0.0))
    with ThreadPoolExecutor(clients) as threads:
        try:
            for number in range(clients):
                threads.submit(load.run_client, number, pause, addresses[number % len(addresses)])
            yield load
            wait_until(lambda: load.crashes or len(load.confirmed) >= confirmed)
        finally:
            load.is_over.set()
    if load.crashes:
        raise load.crashes[0]
