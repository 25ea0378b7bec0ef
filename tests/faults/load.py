"""A load on the stack, through nginx: clients that read and reserve, each over a connection of its own, and remember
what became of every request."""

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faults.visitor import CONFIRM, RESERVE, Request, Visitor, reservation_in

LISTING = (
    "query($from: DateTime!, $before: DateTime!, $first: Int) {"
    " openAppointments(filter: {startsFrom: $from, startsBefore: $before}, first: $first)"
    " { nodes { id startsAt provider { name } } } }"
)
CALENDARS = (
    "query($providers: [ID!], $from: DateTime!, $before: DateTime!, $first: Int) {"
    " openAppointments(filter: {providerIds: $providers, startsFrom: $from, startsBefore: $before}, first: $first)"
    " { nodes { id startsAt provider { name } } } }"
)
MINE = "{ viewer { email } reservations(first: 5) { nodes { id status startsAt } } }"


@dataclass
class Crowd:
    """Who makes the load, and what they may reserve; each appointment is tried by one of them.

    last_reservation: the number of the newest that there was before.
    """

    tokens: list[str]
    appointments: list[str]
    providers: list[str]
    last_reservation: int

    def somebody(self) -> str:
        return random.choice(self.tokens)


@dataclass
class Load:
    """What a load did, while it goes on and afterwards.

    confirmed: the ids of reservations whose confirmation was acknowledged. held: of those that were made.
    tries: how often a mutation is sent again with its key, until it is answered.
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
        """Gathers the requests that began during the block and, when it ends, have been answered.

        seconds: how long it lasts, at least.
        """
        gathered: list[Request] = []
        begin = time.time()
        yield gathered
        if (left := begin + seconds - time.time()) > 0:
            time.sleep(left)
        end = time.time()
        gathered.extend(request for request in list(self.requests) if begin <= request.started < end)

    def visit(self, pause: float) -> None:
        visitor = Visitor(self.port, self.requests.append)
        try:
            while not self.is_over.is_set():
                random.choices((read_list, read_calendars, read_own, reserve), (30, 30, 25, 15))[0](self, visitor)
                time.sleep(random.uniform(0, 2 * pause))
        except BaseException as error:  # a visitor that is gone would look like a quieter load
            self.crashes.append(error)
        finally:
            visitor.close()

    def once_or_more(self, mutate: Callable[[], Request]) -> Request:
        for _ in range(self.tries):
            request = mutate()
            if not request.failed:
                break
            time.sleep(0.1)
        return request


def read_list(load: Load, visitor: Visitor) -> None:
    visitor.read_by_hash(LISTING, **some_week())


def read_calendars(load: Load, visitor: Visitor) -> None:
    """Of two providers: their days are read from Memcached."""
    visitor.read_by_hash(CALENDARS, providers=random.sample(load.crowd.providers, 2), **some_week())


def some_week() -> dict[str, Any]:
    """Hardly ever the same, so that it is the application that answers."""
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2, minutes=random.randrange(50_000))
    return {
        "from": start.isoformat(),
        "before": (start + timedelta(days=7)).isoformat(),
        "first": random.randint(1, 20),
    }


def read_own(load: Load, visitor: Visitor) -> None:
    visitor.post(MINE, load.crowd.somebody())


def reserve(load: Load, visitor: Visitor) -> None:
    """Hold an appointment, and confirm it."""
    token, appointment = load.crowd.somebody(), load.crowd.appointments.pop()
    key, other = uuid.uuid4().hex, uuid.uuid4().hex
    answer = load.once_or_more(lambda: visitor.mutate(RESERVE, token, key, appointmentId=appointment))
    if (hold := reservation_in(answer)) is None:
        return
    load.held.append(hold)
    answer = load.once_or_more(lambda: visitor.mutate(CONFIRM, token, other, reservationId=hold))
    if reservation_in(answer) is not None:
        load.confirmed.append(hold)


@contextmanager
def loading(port: int, crowd: Crowd, *, clients: int = 8, pause: float = 0.01, tries: int = 1) -> Iterator[Load]:
    """A load from so many connections, each with a pause of so many seconds between requests, until the block ends."""
    load = Load(port, crowd, tries)
    with ThreadPoolExecutor(clients) as threads:
        try:
            for _ in range(clients):
                threads.submit(load.visit, pause)
            yield load
        finally:
            load.is_over.set()
    if load.crashes:
        raise load.crashes[0]


def percentile(requests: list[Request], part: float) -> float:
    """So many seconds that this part of them took no longer."""
    seconds = sorted(request.seconds for request in requests)
    return seconds[min(len(seconds) - 1, int(part * len(seconds)))] if seconds else 0.0
