"""Reserving and confirming, beside the same SQL by hand."""

import json
import time
from collections.abc import Iterator
from functools import partial
from itertools import cycle
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts.tokens.strategy import issue_tokens
from api.types.ids import to_global_id
from benchmarks.client import Failed, Script, post
from benchmarks.databases import first_day
from benchmarks.rounds import Turns, in_rounds
from benchmarks.servers import Server
from benchmarks.titles import OURS
from reservation.models import Appointment, Client, User

CLIENTS = 1000
"""More than there are providers: so many appointments in a row never find a client who has one at the same time."""

SLOTS = 40_000
RESERVE = """
mutation Reserve($input: ReserveAppointmentInput!) {
  reserveAppointment(input: $input) { reservation { id status } userErrors { code message } }
}"""
CONFIRM = """
mutation Confirm($input: ConfirmReservationInput!) {
  confirmReservation(input: $input) { reservation { id status } userErrors { code message } }
}"""

Claim = tuple[int, str]
"""An appointment, and the token of the client who wants it."""


def measure(ours: Server, by_hand: Server, *, rounds: int, seconds: float) -> dict[str, Turns]:
    """Our two mutations, and their SQL by hand, on the database that this process uses."""
    claims = iter(zip(open_slots(), cycle(make_tokens()), strict=False))

    def run(rounds: int) -> dict[str, Turns]:
        done = {OURS: Turns(), "floor": Turns()}
        take = partial(done[OURS].take, ours, partial(by_graphql, claims), seconds=seconds, requests=2)
        take_by_hand = partial(done["floor"].take, by_hand, partial(by_sql, claims), seconds=seconds, requests=2)
        in_rounds([take, take_by_hand], rounds)
        return done

    run(1)  # to warm up
    return run(rounds)


def by_graphql(claims: Iterator[Claim], until: float) -> Script:
    while time.perf_counter() < until:
        appointment_id, token = next(claims)
        wanted = {"input": {"appointmentId": to_global_id("Appointment", appointment_id)}}
        answer = yield post("/graphql", {"query": RESERVE, "variables": wanted}, token=token)
        held = {"input": {"reservationId": reservation_id(json.loads(answer)["data"]["reserveAppointment"])}}
        answer = yield post("/graphql", {"query": CONFIRM, "variables": held}, token=token)
        reservation_id(json.loads(answer)["data"]["confirmReservation"])


def by_sql(claims: Iterator[Claim], until: float) -> Script:
    while time.perf_counter() < until:
        appointment_id, token = next(claims)
        answer = yield post("/reserve", {"appointmentId": appointment_id}, token=token)
        held = {"reservationId": reservation_id(json.loads(answer))}
        yield post("/confirm", held, token=token)


def reservation_id(payload: dict[str, Any]) -> Any:
    if payload["userErrors"]:
        raise Failed(payload["userErrors"])
    return payload["reservation"]["id"]


def open_slots() -> list[int]:
    free = Appointment.objects.filter(reservation=None, starts_at__gte=first_day())
    return list(free.order_by("starts_at", "pk").values_list("pk", flat=True)[:SLOTS])


def make_tokens() -> list[str]:
    """Access tokens of new clients, as a log-in would answer them."""
    now = timezone.now()
    mine = {"email__endswith": "@bench.example.com"}
    User.objects.bulk_create(
        User(email=f"{number}@bench.example.com", password="!", date_joined=now) for number in range(CLIENTS)
    )
    users = list(User.objects.filter(**mine))
    Client.objects.bulk_create(Client(user=user, name="Some Client", created_at=now) for user in users)
    session = SessionStore()
    session.create()
    return [issue_tokens(user.pk, session)[0] for user in users]
