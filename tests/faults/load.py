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
from typing import Any

from tests.faults.api_client import CONFIRM, RESERVE, ApiClient, Request, reservation_in
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
    """

    port: int
    crowd: Crowd
    tries: int = 1
    requests: list[Request] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    crashes: list[BaseException] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def failures(self) -> list[Request]:
        return [request for request in self.requests if request.failed]

    @contextmanager
    def phase(self, seconds: float = 0) -> Iterator[list[Request]]:
        """Collects the requests that start during the block and are complete when it ends.

        seconds: the minimum duration of the phase.
        """
        gathered: list[Request] = []
        begin = time.time()
        yield gathered
        if (left := begin + seconds - time.time()) > 0:
            time.sleep(left)
        end = time.time()
        gathered.extend(request for request in list(self.requests) if begin <= request.started < end)

    def run_client(self, pause: float, address: str) -> None:
        api_client = ApiClient(self.port, self.requests.append, address=address)
        try:
            while not self.is_over.is_set():
                send = random.choices((read_open, read_open_of_providers, read_own, reserve), (30, 30, 25, 15))[0]
                send(self, api_client)
                time.sleep(random.uniform(0, 2 * pause))
        except BaseException as error:  # otherwise the load would decrease unnoticed
            self.crashes.append(error)
        finally:
            api_client.close()

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
    addresses: Sequence[str] = (HOST,),
) -> Iterator[Load]:
    """Generates load until the block ends.

    pause: the average number of seconds between requests of a client. addresses: from which the clients come, in turn.
    """
    load = Load(port, crowd, tries)
    with ThreadPoolExecutor(clients) as threads:
        try:
            for number in range(clients):
                threads.submit(load.run_client, pause, addresses[number % len(addresses)])
            yield load
        finally:
            load.is_over.set()
    if load.crashes:
        raise load.crashes[0]


def percentile(requests: list[Request], share: float) -> float:
    """The seconds within which this share of the requests was complete."""
    seconds = sorted(request.seconds for request in requests)
    return seconds[min(len(seconds) - 1, int(share * len(seconds)))] if seconds else 0.0
