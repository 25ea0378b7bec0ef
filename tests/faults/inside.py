"""What is done as the application, in a process that has its settings: `python -m tests.faults.inside crowd 40`."""

import json
import random
import sys
from datetime import timedelta
from typing import Any

import django


def crowd(number: str) -> dict[str, Any]:
    """Access tokens of so many clients, good for five minutes, and what they may reserve, in no order, and of whom.

    last_reservation: the number of the newest; what the load makes comes after it.
    """
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone

    from accounts.tokens.strategy import issue_tokens
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


def count(expression: str) -> Any:
    """The value of an expression about the models."""
    from reservation import models

    return eval(expression, vars(models))


if __name__ == "__main__":
    django.setup()
    command, *arguments = sys.argv[1:]
    print(json.dumps({"crowd": crowd, "count": count}[command](*arguments)))
