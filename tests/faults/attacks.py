"""Attacks on the stack, each by one address: functions that return what the attacker got.

`python -m tests.faults.attacks NAME` reads a target as JSON, and prints the statuses: an attacker in another process
does not slow the honest clients of the tests.
"""

import json
import random
import socket
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from tests.faults.api_client import RESERVE, ApiClient, Request
from tests.faults.full_run import IS_FULL_RUN
from tests.servers import HOST

REQUESTS = 20_000 if IS_FULL_RUN else 2_000
"""How many a flood has: many more than the limits allow."""

SECONDS = 3.0
"""How long a flood lasts at most: on a busy machine an attacker, who leaves the CPU to others, gets little of it."""

Statuses = Counter[str]


@dataclass(frozen=True)
class Target:
    """What an attacker knows. address: its own. token: of its account, whose reservations have the longest notes."""

    port: int
    address: str
    token: str
    email: str
    service: str
    appointments: list[str]

    def client(self) -> ApiClient:
        return ApiClient(self.port, address=self.address)

    def post(self, client: ApiClient, document: str, **headers: str) -> Request:
        return client.send("", "POST", "/graphql/", {"query": document}, **headers)

    def at_once(self, number: int, send: Callable[[ApiClient, int], Request]) -> Statuses:
        """Sends this many requests at once, each over its own connection."""

        def one(index: int) -> Request:
            with closing(self.client()) as client:
                return send(client, index)

        with ThreadPoolExecutor(number) as threads:
            return count(threads.map(one, range(number)))

    def flood(self, clients: int, send: Callable[[ApiClient, int], Request]) -> Statuses:
        """Sends REQUESTS over this many connections, as fast as they are answered, for SECONDS at most."""

        def run(first: int) -> Iterator[Request]:
            end = time.monotonic() + SECONDS
            with closing(self.client()) as client:
                for index in range(first, REQUESTS, clients):
                    yield send(client, index)
                    if time.monotonic() > end:
                        return

        with ThreadPoolExecutor(clients) as threads:
            return count(
                request for requests in threads.map(lambda one: list(run(one)), range(clients)) for request in requests
            )


def outcome(request: Request) -> str:
    """The status, with the first code of an error if there is one."""
    return " ".join([str(request.status or "closed"), *request.codes[:1]])


def count(requests: Any) -> Statuses:
    return Counter(map(outcome, requests))


def nested_notes(pages: int) -> str:
    """A document that reads the notes of pages times pages reservations, each under 20 names."""
    notes = " ".join(f"n{number}: note" for number in range(20))
    return (
        f"{{ reservations(first: {pages}) {{ nodes {{ client {{ reservations(first: {pages})"
        f" {{ nodes {{ {notes} }} }} }} }} }} }}"
    )


PAGES = (4, 5, 10, 20)
"""From an answer that is allowed, of 2.5 MB if there are so many reservations, to one that was 64 MB."""


def big_answers(target: Target) -> Statuses:
    """Six at once, of each size."""
    found: Statuses = Counter()
    for pages in PAGES:
        document = nested_notes(pages)
        found += target.at_once(
            6,
            lambda client, _, document=document: target.post(client, document, Authorization=f"Bearer {target.token}"),
        )
    return found


def slow_readers(target: Target) -> Statuses:
    """Three connections that ask for the biggest answer and read nothing of it until nginx cuts them."""
    found: Statuses = Counter()
    body = json.dumps({"query": nested_notes(PAGES[0])}).encode()
    head = (
        f"POST /graphql/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {target.token}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with ExitStack() as stack:
        slow = [stack.enter_context(closing(connect(target, buffer=4096))) for _ in range(3)]
        for connection in slow:
            connection.sendall(head + body)
        time.sleep(12)  # longer than nginx waits for a reader
        for connection in slow:
            size = sum(map(len, parts(connection)))
            found["cut" if size < 1_000_000 else "200"] += 1
    return found


def slow_bodies(target: Target) -> Statuses:
    """A thousand connections, each of which announces a body of 250 KB, sends one byte, and waits until it is cut."""
    found: Statuses = Counter()
    head = (
        f"POST /graphql/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\nContent-Length: 250000\r\n\r\n{{"
    ).encode()
    with ExitStack() as stack:
        slow = []
        for _ in range(1000):
            slow.append(stack.enter_context(closing(connect(target))))
            with suppress(OSError):
                slow[-1].sendall(head)
        for connection in slow:
            start = next(parts(connection), b"")
            found[start[9:12].decode() or "closed"] += 1
    return found


def connect(target: Target, *, buffer: int = 0) -> socket.socket:
    connection = socket.socket()
    if buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.settimeout(30)
    connection.bind((target.address, 0))
    connection.connect((HOST, target.port))
    return connection


def parts(connection: socket.socket) -> Iterator[bytes]:
    """What is still to be read, until the connection is closed or reset. Raises TimeoutError when it is not."""
    with suppress(ConnectionError):
        while part := connection.recv(65536):
            yield part


def log_ins(target: Target) -> Statuses:
    """18 at once, anonymous, each for another account."""
    return target.at_once(
        18,
        lambda client, number: client.send(
            "",
            "POST",
            "/auth/app/v1/auth/login",
            {"email": target.email if number == 0 else f"nobody{number}@example.com", "password": "wrong-horse-9"},
        ),
    )


def total_counts(target: Target) -> Statuses:
    """Seven counts of the open appointments for a service, within the longest window, in each document."""
    counts = " ".join(
        f"c{number}: openAppointments(filter: {{serviceId: $service, startsFrom: $from, startsBefore: $before}})"
        " { totalCount }"
        for number in range(7)
    )
    document = f"query($service: ID!, $from: DateTime!, $before: DateTime!) {{ {counts} }}"

    def send(client: ApiClient, _: int) -> Request:
        start = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=25, seconds=random.randrange(3600))
        variables = {
            "service": target.service,
            "from": start.isoformat(),
            "before": (start + timedelta(days=61)).isoformat(),
        }
        return client.send("", "POST", "/graphql/", {"query": document, "variables": variables})

    return target.flood(4, send)


def health_flood(target: Target) -> Statuses:
    return target.flood(8, lambda client, _: client.send("", "GET", "/health/ready/"))


NESTED_NOTHING = b'{"x":[' + b",".join([b"[[[[]]]]"] * 14_000) + b"]}"
"""126 KB of JSON that means nothing."""


def nested_nothing(target: Target) -> Statuses:
    paths = ("/graphql/", "/auth/app/v1/auth/login", "/auth/app/v1/auth/signup")
    return target.flood(4, lambda client, index: client.send("", "POST", paths[index % 3], NESTED_NOTHING))


def holding_sign_ups(target: Target) -> Statuses:
    """Accounts are made and each holds as many appointments as it may, for the longest time."""
    found: Statuses = Counter()
    slots = iter(target.appointments)
    with closing(target.client()) as client:
        for _ in range(10):
            account = {"email": f"{uuid.uuid4().hex}@example.com", "password": "correct-horse-9", "name": "Some One"}
            made = client.send("", "POST", "/auth/app/v1/auth/signup", account)
            found[f"sign-up {outcome(made)}"] += 1
            token = ((made.body or {}).get("meta") or {}).get("access_token")
            for _ in range(6 if token else 0):
                held = client.mutate(
                    RESERVE, token, uuid.uuid4().hex, appointmentId=next(slots), serviceId=target.service
                )
                found[f"hold {outcome(held)}"] += 1
    return found


def persisted_documents(target: Target) -> Statuses:
    """Documents that nobody needs are registered, each as long as it may be."""
    padding = "#" * 14_000

    def send(client: ApiClient, _: int) -> Request:
        document = f"{{ __typename }} # {uuid.uuid4().hex} {padding}"
        persisted = {"version": 1, "sha256Hash": sha256(document.encode()).hexdigest()}
        return client.send("", "POST", "/graphql/", {"query": document, "extensions": {"persistedQuery": persisted}})

    return target.flood(4, send)


@dataclass(frozen=True)
class Attack:
    """An attack, and the statuses that its requests may get. `closed`: without a response."""

    name: str
    run: Callable[[Target], Statuses]
    allowed: frozenset[str]


ATTACKS = [
    Attack("Big answers, 6 at once", big_answers, frozenset({"200", "429"})),
    Attack("Slow readers of a big answer, 3", slow_readers, frozenset({"cut", "200"})),
    Attack("Log-ins, 18 at once", log_ins, frozenset({"400", "429", "503"})),
    Attack("Slow bodies, 1,000 connections", slow_bodies, frozenset({"429", "408", "closed"})),
    Attack("`totalCount` for a service, 7 in a request", total_counts, frozenset({"200", "400", "429"})),
    Attack("Flood of `/health/ready/`", health_flood, frozenset({"200", "429"})),
    Attack("Bodies of nested nothing, 126 KB", nested_nothing, frozenset({"400", "401", "429"})),
    Attack("Sign-ups that hold appointments", holding_sign_ups, frozenset({"200", "401", "409", "429", "503"})),
    Attack("Flood of persisted documents", persisted_documents, frozenset({"200", "400", "413", "429"})),
]


def main() -> None:
    (attack,) = (attack for attack in ATTACKS if attack.run.__name__ == sys.argv[1])
    print(json.dumps(attack.run(Target(**json.load(sys.stdin)))))


if __name__ == "__main__":
    main()
