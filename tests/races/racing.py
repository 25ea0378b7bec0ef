"""Clients that act at the same moment, each over a connection of its own."""

import json
import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection
from threading import Barrier
from typing import Any, TypeVar

from django.db import connection, transaction
from django.utils import timezone

from api.types.ids import from_global_id, to_global_id
from reservation.domain.queries.verification import find_violations
from reservation.models import Appointment, Provider, Reservation
from tests.servers import HOST

T = TypeVar("T")

TIMEOUT_SECONDS = 30
RESERVATION = "reservation { id status startsAt endsAt expiresAt }"


@dataclass(frozen=True)
class Answer:
    """What a mutation answered, and the code of its refusal; None when it was done."""

    payload: dict[str, Any]

    @property
    def code(self) -> str | None:
        codes = [error["code"] for error in self.payload["userErrors"]]
        return codes[0] if codes else None

    @property
    def reservation(self) -> dict[str, Any]:
        return self.payload["reservation"]


class Racer:
    """Somebody with an access token and an open connection."""

    def __init__(self, port: int, token: str) -> None:
        self.headers = {"Authorization": f"Bearer {token}"}
        self.connection = HTTPConnection(HOST, port, timeout=TIMEOUT_SECONDS)
        self.connection.connect()

    def close(self) -> None:
        self.connection.close()

    def reserve(self, appointment: Appointment, **input: Any) -> Answer:
        return self.mutate("reserveAppointment", RESERVATION, appointmentId=id_of(appointment), **input)

    def confirm(self, reservation_id: str) -> Answer:
        return self.mutate("confirmReservation", RESERVATION, reservationId=reservation_id)

    def cancel(self, reservation_id: str) -> Answer:
        return self.mutate("cancelReservation", RESERVATION, reservationId=reservation_id)

    def reschedule(self, reservation_id: str, to: Appointment) -> Answer:
        return self.mutate("rescheduleReservation", RESERVATION, reservationId=reservation_id, appointmentId=id_of(to))

    def offer(self, provider: Provider, starts_at: datetime, ends_at: datetime) -> Answer:
        return self.mutate("offerAppointments", "createdCount", **interval(provider, starts_at, ends_at))

    def withdraw(self, provider: Provider, starts_at: datetime, ends_at: datetime) -> Answer:
        return self.mutate("withdrawAppointments", "withdrawnCount", **interval(provider, starts_at, ends_at))

    def mutate(self, name: str, selection: str, **input: Any) -> Answer:
        """Send one mutation. Anything but a payload, done or refused, is an AssertionError."""
        input_type, payload = f"{name[0].upper()}{name[1:]}Input", f"{{ userErrors {{ code }} {selection} }}"
        document = f"mutation($input: {input_type}!) {{ {name}(input: $input) {payload} }}"
        answer = send(self.connection, "/graphql", {"query": document, "variables": {"input": input}}, self.headers)
        if "errors" in answer:
            raise AssertionError(f"{name} failed: {answer['errors']}")
        return Answer(answer["data"][name])


def send(connection: HTTPConnection, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
    """POST JSON, get JSON. Any status but 200 is an AssertionError."""
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **(headers or {})})
    response = connection.getresponse()
    text = response.read()
    if response.status != 200:
        raise AssertionError(f"{path} answered {response.status}: {text[:1000]!r}")
    return json.loads(text)


def race(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Make these calls at the same moment; what they answer, in order. Whatever came of it breaks no invariant."""
    barrier = Barrier(len(calls), timeout=TIMEOUT_SECONDS)

    def start(call: Callable[[], T]) -> T:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        # The last to come to a barrier is the first to leave it, so who that is must be left to chance.
        drawn = random.sample(range(len(calls)), len(calls))
        started = {place: threads.submit(start, calls[place]) for place in drawn}
        answers = [started[place].result() for place in range(len(calls))]
    if violations := list(map(str, find_violations())):
        raise AssertionError(violations)
    return answers


def give_up(racers: Iterable[Racer], answers: Iterable[Answer]) -> None:
    """Cancel whatever was reserved, so that nobody holds too much for the next round."""
    for racer, answer in zip(racers, answers, strict=True):
        if answer.code is None and racer.cancel(answer.reservation["id"]).code is not None:
            raise AssertionError(f"What was reserved cannot be cancelled: {answer}")


def lapse(hold: str, *, after: timedelta = timedelta(0)) -> None:
    """Let a hold, which is half an hour long, end a moment from now."""
    pk, expires_at = from_global_id(hold, noun="Reservation"), timezone.now() + after
    with transaction.atomic():
        Appointment.objects.filter(reservation=pk).update(available_at=expires_at)
        Reservation.objects.filter(pk=pk).update(expires_at=expires_at)


def full_size(number: int, *, on_sqlite: int) -> int:
    return on_sqlite if connection.vendor == "sqlite" else number


def ten_o_clock() -> datetime:
    """Ten in the morning in a few days: the server's clock is the real one, and it wants a day's notice."""
    return (timezone.now() + timedelta(days=3)).replace(hour=10, minute=0, second=0, microsecond=0)


def id_of(instance: Any) -> str:
    return to_global_id(type(instance).__name__, instance.pk)


def interval(provider: Provider, starts_at: datetime, ends_at: datetime) -> dict[str, str]:
    return {"providerId": id_of(provider), "startsAt": starts_at.isoformat(), "endsAt": ends_at.isoformat()}
