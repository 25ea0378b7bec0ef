"""The same workloads as Django views by hand, for these responses only.

Each listing exists twice: with one join, and with the two statements that a loader makes.
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
    return [
        {**as_appointment(appointment), "provider": as_provider(appointment.provider)} for appointment in appointments
    ]


def by_two_statements(window: dict[str, str], first: int) -> list[dict[str, Any]]:
    appointments = list(rows.open_appointments(*bounds(window))[:first])
    providers = Provider.objects.in_bulk({appointment.provider_id for appointment in appointments})
    return [
        {**as_appointment(appointment), "provider": as_provider(providers[appointment.provider_id])}
        for appointment in appointments
    ]


def listing(request: HttpRequest, read: Listing) -> JsonResponse:
    values = variables(request)
    return response(openAppointments=read(values["filter"], values["first"]))


def lists(request: HttpRequest, read: Listing) -> JsonResponse:
    values = variables(request)
    return response(**{name: read(values[name], values["first"]) for name in ("one", "other")})


def calendars(request: HttpRequest) -> JsonResponse:
    values = variables(request)
    providers = list(rows.first_providers(values["providers"]))
    rows.read_calendars(providers, *bounds(values), values["first"])
    return response(
        providers=[
            {
                **as_provider(provider),
                "openAppointments": {"nodes": list(map(as_appointment, rows.calendar_of(provider) or ()))},
            }
            for provider in providers
        ]
    )


def variables(request: HttpRequest) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(request.body)["variables"]
    return values


def bounds(window: dict[str, str]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(window["startsFrom"]), datetime.fromisoformat(window["startsBefore"])


def as_appointment(appointment: Appointment) -> dict[str, Any]:
    starts_at = appointment.starts_at.isoformat().replace("+00:00", "Z")
    return {"id": to_global_id("Appointment", appointment.pk), "startsAt": starts_at}


def as_provider(provider: Provider) -> dict[str, Any]:
    return {"id": to_global_id("Provider", provider.pk), "name": provider.name}


def response(**lists: Iterable[dict[str, Any]]) -> JsonResponse:
    """Returns the nodes in the form of the API's response."""
    return JsonResponse({"data": {name: {"nodes": nodes} for name, nodes in lists.items()}})


urlpatterns = [
    path("join/listing", csrf_exempt(listing), {"read": by_join}),
    path("join/lists", csrf_exempt(lists), {"read": by_join}),
    path("two/listing", csrf_exempt(listing), {"read": by_two_statements}),
    path("two/lists", csrf_exempt(lists), {"read": by_two_statements}),
    path("two/calendars", csrf_exempt(calendars)),
]
