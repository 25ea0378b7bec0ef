"""Commands for a process with the application's settings: `python -m tests.faults.inside crowd 40`."""

import json
import random
import sys
from datetime import timedelta
from typing import Any

import django


def crowd(number: str) -> dict[str, Any]:
    """Returns access tokens of this many clients, the open appointments in random order, and all providers.

    last_reservation: the key of the newest reservation. Those of the load have greater keys.
    """
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone

    from accounts.tokens.refresh import issue_tokens
    from api.types.ids import to_global_id
    from reservation.models import Appointment, Client, Provider, Reservation

    tokens = []
    for client in Client.objects.order_by("pk")[: int(number)]:
        session = SessionStore()
        session.create()
        tokens.append(issue_tokens(client.user_id, session)[0])
    soon = timezone.now() + timedelta(hours=25)
    slots = Appointment.objects.filter(reservation=None, is_booked=False, starts_at__gte=soon)
    appointments = [to_global_id("Appointment", pk) for pk in slots.values_list("pk", flat=True)]
    random.shuffle(appointments)
    providers = [to_global_id("Provider", pk) for pk in Provider.objects.values_list("pk", flat=True)]
    last = Reservation.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    return {"tokens": tokens, "appointments": appointments, "providers": providers, "last_reservation": last}


def evaluate(expression: str) -> Any:
    """Returns the value of an expression about the models."""
    from reservation import models

    return eval(expression, vars(models))


if __name__ == "__main__":
    django.setup()
    command, *arguments = sys.argv[1:]
    print(json.dumps({"crowd": crowd, "evaluate": evaluate}[command](*arguments)))
