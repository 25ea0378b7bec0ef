"""The same work by hand: what somebody would write in Django who needs these answers and nothing else.

Each listing twice: with the provider from one join, and with the two statements that a loader makes.
"""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from api.types.ids import to_global_id
from benchmarks.peers import rows
from reservation.models import Appointment, Provider

Listing = Callable[[dict[str, str], int], list[dict[str, Any]]]


def by_join(window: dict[str, str], first: int) -> list[dict[str, Any]]:
    appointments = rows.open_appointments(*bounds(window)).select_related("provider")[:first]
    return [{**slot(appointment), "provider": person(appointment.provider)} for appointment in appointments]


def by_two_statements(window: dict[str, str], first: int) -> list[dict[str, Any]]:
    appointments = list(rows.open_appointments(*bounds(window))[:first])
    providers = Provider.objects.in_bulk({appointment.provider_id for appointment in appointments})
    return [
        {**slot(appointment), "provider": person(providers[appointment.provider_id])} for appointment in appointments
    ]


def listing(request: HttpRequest, read: Listing) -> JsonResponse:
    asked = variables(request)
    return answer(openAppointments=read(asked["filter"], asked["first"]))


def lists(request: HttpRequest, read: Listing) -> JsonResponse:
    asked = variables(request)
    return answer(**{name: read(asked[name], asked["first"]) for name in ("one", "other")})


def calendars(request: HttpRequest) -> JsonResponse:
    asked = variables(request)
    providers = list(rows.first_providers(asked["providers"]))
    rows.read_calendars(providers, *bounds(asked), asked["first"])
    return answer(
        providers=[
            {**person(provider), "openAppointments": {"nodes": list(map(slot, rows.calendar_of(provider) or ()))}}
            for provider in providers
        ]
    )


def variables(request: HttpRequest) -> dict[str, Any]:
    asked: dict[str, Any] = json.loads(request.body)["variables"]
    return asked


def bounds(window: dict[str, str]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(window["startsFrom"]), datetime.fromisoformat(window["startsBefore"])


def slot(appointment: Appointment) -> dict[str, Any]:
    starts_at = appointment.starts_at.isoformat().replace("+00:00", "Z")
    return {"id": to_global_id("Appointment", appointment.pk), "startsAt": starts_at}


def person(provider: Provider) -> dict[str, Any]:
    return {"id": to_global_id("Provider", provider.pk), "name": provider.name}


def answer(**lists: Iterable[dict[str, Any]]) -> JsonResponse:
    """In the form that the API answers."""
    return JsonResponse({"data": {name: {"nodes": nodes} for name, nodes in lists.items()}})


urlpatterns = [
    path("join/listing", csrf_exempt(listing), {"read": by_join}),
    path("join/lists", csrf_exempt(lists), {"read": by_join}),
    path("two/listing", csrf_exempt(listing), {"read": by_two_statements}),
    path("two/lists", csrf_exempt(lists), {"read": by_two_statements}),
    path("two/calendars", csrf_exempt(calendars)),
]
