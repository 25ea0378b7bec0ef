"""Reserve and confirm, beside the same SQL by hand."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone

from api.types.ids import to_global_id
from benchmarks.client import Failed, Script, post
from benchmarks.databases import first_day, url_of
from benchmarks.rounds import Turns, in_rounds
from benchmarks.servers import ROOT, Server
from benchmarks.titles import API
from reservation.models import Appointment, Client, User

CLIENTS = 1000
"""More than there are providers, so that no client reserves two appointments at the same time."""

SLOTS = 40_000
RESERVE = """
mutation Reserve($input: ReserveAppointmentInput!) {
  reserveAppointment(input: $input) { reservation { id status } userErrors { code message } }
}"""
CONFIRM = """
mutation Confirm($input: ConfirmReservationInput!) {
  confirmReservation(input: $input) { reservation { id status } userErrors { code message } }
}"""

Attempt = tuple[int, str]
"""An appointment, and the access token of the client who reserves it."""


def measure(api: Server, by_hand: Server, *, rounds: int, seconds: float) -> dict[str, Turns]:
    """Returns the measurements of the two mutations, and of their SQL by hand, on this process's database."""
    attempts = iter(zip(open_slots(), cycle(make_tokens(make_accounts())), strict=False))

    def run(rounds: int) -> dict[str, Turns]:
        done = {API: Turns(), "floor": Turns()}
        turn = partial(done[API].measure_turn, api, partial(by_graphql, attempts))
        turn_by_hand = partial(done["floor"].measure_turn, by_hand, partial(by_sql, attempts))
        in_rounds([partial(one, seconds=seconds, requests=2) for one in (turn, turn_by_hand)], rounds)
        return done

    run(1)  # to warm up
    return run(rounds)


def by_graphql(attempts: Iterator[Attempt], until: float) -> Script:
    while time.perf_counter() < until:
        appointment_id, token = next(attempts)
        slot = {"input": {"appointmentId": to_global_id("Appointment", appointment_id)}}
        response = yield post("/graphql", {"query": RESERVE, "variables": slot}, token=token)
        hold = {"input": {"reservationId": reservation_id(json.loads(response)["data"]["reserveAppointment"])}}
        response = yield post("/graphql", {"query": CONFIRM, "variables": hold}, token=token)
        reservation_id(json.loads(response)["data"]["confirmReservation"])


def by_sql(attempts: Iterator[Attempt], until: float) -> Script:
    while time.perf_counter() < until:
        appointment_id, token = next(attempts)
        response = yield post("/reserve", {"appointmentId": appointment_id}, token=token)
        hold = {"reservationId": reservation_id(json.loads(response))}
        yield post("/confirm", hold, token=token)


def reservation_id(payload: dict[str, Any]) -> Any:
    if payload["userErrors"]:
        raise Failed(payload["userErrors"])
    return payload["reservation"]["id"]


def open_slots() -> list[int]:
    free = Appointment.objects.filter(reservation=None, starts_at__gte=first_day())
    return list(free.order_by("starts_at", "pk").values_list("pk", flat=True)[:SLOTS])


def make_accounts() -> list[int]:
    """Creates clients with accounts. Returns the ids of the accounts."""
    now = timezone.now()
    named = {"email__endswith": "@bench.example.com"}
    User.objects.bulk_create(
        User(email=f"{number}@bench.example.com", password="!", date_joined=now) for number in range(CLIENTS)
    )
    ids = list(User.objects.filter(**named).order_by("pk").values_list("pk", flat=True))
    Client.objects.bulk_create(Client(user_id=pk, name="Some Client", created_at=now) for pk in ids)
    return ids


def make_tokens(accounts: list[int], directory: Path = ROOT) -> list[str]:
    """Returns an access token for each account, which the servers of the checkout in this directory accept."""
    session = SessionStore()
    session.create()
    command = (sys.executable, "-P", ROOT / "benchmarks/tokens.py", str(session.session_key))
    database = url_of(connection.settings_dict["NAME"])
    environment = {**os.environ, "DATABASE_URL": database, "PYTHONPATH": str(directory)}
    done = subprocess.run(
        command, cwd=directory, env=environment, input=json.dumps(accounts), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{directory} issues no tokens:\n{done.stderr}")
    tokens: list[str] = json.loads(done.stdout)
    return tokens
