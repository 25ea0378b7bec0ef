"""A process with the application's settings, which executes commands: lines of JSON such as `["crowd", 40]`, each
answered by a line with its result, or with an error. It starts once, since that takes longer than a command."""

import io
import json
import os
import random
import sys
import traceback
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import django

from tests.faults.calendars import create_calendars


def crowd(number: int) -> dict[str, Any]:
    """Returns access tokens of this many clients, the open appointments in random order, and all providers.

    last_reservation: the key of the newest reservation. Those of the load have greater keys.
    """
    from django.utils import timezone

    from api.types.ids import to_global_id
    from reservation.models import Appointment, Client, Provider, Reservation

    tokens = [token_of(client) for client in Client.objects.order_by("pk")[:number]]
    soon = timezone.now() + timedelta(hours=25)
    slots = Appointment.objects.filter(reservation=None, is_booked=False, starts_at__gte=soon)
    appointments = [to_global_id("Appointment", pk) for pk in slots.values_list("pk", flat=True)]
    random.shuffle(appointments)
    providers = [to_global_id("Provider", pk) for pk in Provider.objects.values_list("pk", flat=True)]
    last = Reservation.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    return {"tokens": tokens, "appointments": appointments, "providers": providers, "last_reservation": last}


def target() -> dict[str, Any]:
    """Returns what an attacker knows: a token of the client with most reservations, which get the longest notes, a
    service, and open appointments in random order."""
    from django.db.models import Count

    from api.types.ids import to_global_id
    from reservation.models import Client, Service
    from reservation.policy import MAX_TEXT_LENGTH

    client = Client.objects.annotate(number=Count("reservations")).order_by("-number", "pk")[0]
    assert client.reservations.count() >= 5
    client.reservations.update(note="\N{GRINNING FACE}" * MAX_TEXT_LENGTH)
    service = Service.objects.order_by("-duration_minutes", "pk")[0]
    known = crowd(0)
    return {
        "token": token_of(client),
        "email": client.user.email,
        "service": to_global_id("Service", service.pk),
        "appointments": known["appointments"][:500],
    }


def token_of(client: Any) -> str:
    """Returns an access token of a new session of the client or provider."""
    from django.contrib.sessions.backends.db import SessionStore

    from accounts.tokens.refresh import issue_tokens

    session = SessionStore()
    session.create()
    return issue_tokens(client.user_id, session)[0]


def evaluate(expression: str) -> Any:
    """Returns the value of an expression about the models."""
    from reservation import models

    return eval(expression, vars(models))


def check() -> None:
    """Raises CommandError when an invariant of the reservations is broken, and names the rows."""
    from django.core.management import CommandError, call_command

    broken = io.StringIO()
    try:
        call_command("verify_reservations", stdout=io.StringIO(), stderr=broken)
    except CommandError as error:
        raise CommandError(f"{error}\n{broken.getvalue()}") from None


COMMANDS: dict[str, Callable[..., Any]] = {
    "crowd": crowd,
    "calendars": partial(create_calendars, token_of),
    "check": check,
    "evaluate": evaluate,
    "target": target,
}


def main() -> None:
    from django.db import connections

    django.setup()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever else is printed is no answer
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        try:
            answer = {"result": COMMANDS[command](*arguments)}
        except Exception:
            answer = {"error": traceback.format_exc()}
        finally:
            connections.close_all()  # the server may be gone until the next command
        print(json.dumps(answer), file=answers)


if __name__ == "__main__":
    main()
