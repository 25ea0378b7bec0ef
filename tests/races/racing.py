"""Clients that send requests at the same moment, each over its own connection."""

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
class MutationResult:
    """The payload of a mutation. code: the code of its first user error, None if it succeeded."""

    payload: dict[str, Any]

    @property
    def code(self) -> str | None:
        codes = [error["code"] for error in self.payload["userErrors"]]
        return codes[0] if codes else None

    @property
    def reservation(self) -> dict[str, Any]:
        return self.payload["reservation"]


class Racer:
    """A client with an access token and an open connection."""

    def __init__(self, port: int, token: str) -> None:
        self.headers = {"Authorization": f"Bearer {token}"}
        self.connection = HTTPConnection(HOST, port, timeout=TIMEOUT_SECONDS)
        self.connection.connect()

    def close(self) -> None:
        self.connection.close()

    def reserve(self, appointment: Appointment, **input: Any) -> MutationResult:
        return self.mutate("reserveAppointment", RESERVATION, appointmentId=id_of(appointment), **input)

    def confirm(self, reservation_id: str) -> MutationResult:
        return self.mutate("confirmReservation", RESERVATION, reservationId=reservation_id)

    def cancel(self, reservation_id: str) -> MutationResult:
        return self.mutate("cancelReservation", RESERVATION, reservationId=reservation_id)

    def reschedule(self, reservation_id: str, to: Appointment) -> MutationResult:
        return self.mutate("rescheduleReservation", RESERVATION, reservationId=reservation_id, appointmentId=id_of(to))

    def offer(self, provider: Provider, starts_at: datetime, ends_at: datetime) -> MutationResult:
        return self.mutate("offerAppointments", "createdCount", **interval(provider, starts_at, ends_at))

    def withdraw(self, provider: Provider, starts_at: datetime, ends_at: datetime) -> MutationResult:
        return self.mutate("withdrawAppointments", "withdrawnCount", **interval(provider, starts_at, ends_at))

    def mutate(self, name: str, selection: str, **input: Any) -> MutationResult:
        """Send one mutation. Raises AssertionError if it has errors other than user errors."""
        input_type, payload = f"{name[0].upper()}{name[1:]}Input", f"{{ userErrors {{ code }} {selection} }}"
        document = f"mutation($input: {input_type}!) {{ {name}(input: $input) {payload} }}"
        response = send(self.connection, "/graphql", {"query": document, "variables": {"input": input}}, self.headers)
        if "errors" in response:
            raise AssertionError(f"{name} failed: {response['errors']}")
        return MutationResult(response["data"][name])


def send(connection: HTTPConnection, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
    """POST JSON and return the JSON of the response. Raises AssertionError if the status is not 200."""
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **(headers or {})})
    response = connection.getresponse()
    text = response.read()
    if response.status != 200:
        raise AssertionError(f"{path} returned {response.status}: {text[:1000]!r}")
    return json.loads(text)


def race(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Make these calls at the same moment. Returns their results in order, after checking all invariants."""
    barrier = Barrier(len(calls), timeout=TIMEOUT_SECONDS)

    def start(call: Callable[[], T]) -> T:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        # The last thread to reach a barrier is the first to leave it, so the order of the threads must be random.
        order = random.sample(range(len(calls)), len(calls))
        started = {place: threads.submit(start, calls[place]) for place in order}
        results = [started[place].result() for place in range(len(calls))]
    if violations := list(map(str, find_violations())):
        raise AssertionError(violations)
    return results


def cancel_reserved(racers: Iterable[Racer], results: Iterable[MutationResult]) -> None:
    """Cancel what was reserved, so that no client reaches its limit of holds in the next round."""
    for racer, result in zip(racers, results, strict=True):
        if result.code is None and racer.cancel(result.reservation["id"]).code is not None:
            raise AssertionError(f"What was reserved cannot be cancelled: {result}")


def lapse(hold: str, *, after: timedelta = timedelta(0)) -> None:
    """Let a hold lapse now, or so long after."""
    pk, expires_at = from_global_id(hold, noun="Reservation"), timezone.now() + after
    with transaction.atomic():
        Appointment.objects.filter(reservation=pk).update(available_at=expires_at)
        Reservation.objects.filter(pk=pk).update(expires_at=expires_at)


def full_size(number: int, *, on_sqlite: int) -> int:
    return on_sqlite if connection.vendor == "sqlite" else number


def ten_o_clock() -> datetime:
    """Ten in the morning in a few days: the server uses the real clock, and its lead time is a day."""
    return (timezone.now() + timedelta(days=3)).replace(hour=10, minute=0, second=0, microsecond=0)


def id_of(instance: Any) -> str:
    return to_global_id(type(instance).__name__, instance.pk)


def interval(provider: Provider, starts_at: datetime, ends_at: datetime) -> dict[str, str]:
    return {"providerId": id_of(provider), "startsAt": starts_at.isoformat(), "endsAt": ends_at.isoformat()}
