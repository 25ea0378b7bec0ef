"""Writes docs/postman, or says that it is stale."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from api.management.export import ExportCommand
from api.management.postman import Example, Folder, LogIn, collection, environment
from reservation.demo import PASSWORD

FOLDER = settings.BASE_DIR / "docs" / "postman"

OPEN = "found.appointments.filter((one) => one.isOpen)"
OFFERED: dict[str, Any] = {"providerId": "{{providerId}}", "startsAt": "{{startsAt}}", "endsAt": "{{endsAt}}"}
PERIOD: dict[str, Any] = {"startsFrom": "{{startsAt}}", "startsBefore": "{{endsAt}}"}
RESERVATION: dict[str, Any] = {"reservationId": "{{reservationId}}"}


def change(
    name: str, /, *, keeps: Mapping[str, str] | None = None, refusal: str | None = None, **input: Any
) -> Example:
    """A mutation, which takes one input."""
    return Example(name=name, variables={"input": input}, keeps=keeps or {}, refusal=refusal)


def read(name: str, /, *, keeps: Mapping[str, str] | None = None, **variables: Any) -> Example:
    return Example(name=name, variables=variables, keeps=keeps or {})


WALK = Folder(
    name="From log-in to confirm",
    description="A client reserves the next open appointment, confirms it, and gives it up again.",
    requests=[
        LogIn("client"),
        read("next-open-appointment", keeps={"appointmentId": "found.id"}),
        change(
            "reserve-appointment", appointmentId="{{appointmentId}}", keeps={"reservationId": "found.reservation.id"}
        ),
        change("confirm-reservation", **RESERVATION),
        read("reservations", filter={"status": ["PENDING", "CONFIRMED"]}, first=10),
        change("cancel-reservation", **RESERVATION, reason="Only a walk-through."),
    ],
)
PROVIDER = Folder(
    name="A provider offers time",
    description="The two hours from 09:00 UTC in ninety days, for the clients in the next folders.",
    requests=[
        LogIn("provider"),
        read("viewer", keeps={"providerId": "found.provider.id"}),
        change("update-provider", providerId="{{providerId}}", bio="Here for you on weekdays."),
        change(
            "offer-appointments",
            **OFFERED,
            keeps={"appointmentId": f"{OPEN}[0].id", "otherAppointmentId": f"{OPEN}[1].id"},
        ),
    ],
)
ANYBODY = Folder(
    name="Anybody looks around",
    description="What needs no log-in.",
    is_anonymous=True,
    requests=[
        read("services", filter={"providerId": "{{providerId}}"}, first=10, keeps={"serviceId": "found.nodes[0].id"}),
        read("service", id="{{serviceId}}"),
        read("providers", filter={"isActive": True}, orderBy={"field": "NAME", "direction": "ASC"}, first=10),
        read("provider", id="{{providerId}}", **PERIOD),
        read("open-appointments", filter={**PERIOD, "providerIds": ["{{providerId}}"]}, first=5),
        read("appointment", id="{{appointmentId}}"),
        read("node", id="{{appointmentId}}"),
        read("nodes", ids=["{{providerId}}", "{{serviceId}}"]),
    ],
)
CLIENT = Folder(
    name="A client moves a reservation",
    description="It reserves one of the offered appointments, and then another in its place.",
    requests=[
        LogIn("client"),
        change(
            "reserve-appointment", appointmentId="{{appointmentId}}", keeps={"reservationId": "found.reservation.id"}
        ),
        change("reschedule-reservation", **RESERVATION, appointmentId="{{otherAppointmentId}}"),
        change("confirm-reservation", **RESERVATION),
        read("reservation", id="{{reservationId}}", keeps={"clientId": "found.client.id"}),
        read("latest-reservations", last=5),
        change("update-client", clientId="{{clientId}}", phone="+49 30 901820"),
        read("client", id="{{clientId}}", orderBy={"field": "CREATED_AT", "direction": "DESC"}),
    ],
)
STAFF = Folder(
    name="Staff does the rest",
    description="Among it is what a provider can do as well. Nobody has come yet: the first two are refused.",
    requests=[
        LogIn("staff"),
        change("complete-reservation", **RESERVATION, refusal="INVALID_TRANSITION"),
        change("mark-reservation-no-show", **RESERVATION, refusal="INVALID_TRANSITION"),
        change("cancel-reservation", **RESERVATION, reason="The provider is on holiday."),
        change("withdraw-appointments", **OFFERED),
        read("clients", filter={"search": "{{clientEmail}}"}, first=10),
        change("create-service", name="Massage", durationMinutes=45, keeps={"newServiceId": "found.service.id"}),
        change("update-service", serviceId="{{newServiceId}}", isActive=False),
        change("create-provider", name="Somebody New", email="provider-{{$guid}}@example.com", timeZone="Europe/Paris"),
    ],
)
OTHERS = Folder(
    name="Everything else",
    description="All other examples, in an order in which each finds what it needs.",
    requests=[PROVIDER, ANYBODY, CLIENT, STAFF],
)

COLLECTION = collection(
    "Appointments",
    description="Every document of docs/examples, to be sent in order. Choose the environment first.",
    folders=[WALK, OTHERS],
    before=[
        "const day = 24 * 60 * 60 * 1000;",
        "const nine = Math.floor(Date.now() / day) * day + 90 * day + (9 / 24) * day;",
        'pm.collectionVariables.set("startsAt", new Date(nine).toISOString());',
        'pm.collectionVariables.set("endsAt", new Date(nine + (2 / 24) * day).toISOString());',
    ],
)
ENVIRONMENT = environment(
    "Local, for development only",
    values={
        "baseUrl": "http://127.0.0.1:8000",
        "clientEmail": "client@example.com",
        "providerEmail": "provider@example.com",
        "staffEmail": "staff@example.com",
        "password": PASSWORD,
        "token": "",
    },
    secrets=["token"],
)
FILES = {"appointments.postman_collection.json": COLLECTION, "local.postman_environment.json": ENVIRONMENT}


class Command(ExportCommand):
    help = "Write a collection for Postman, and an environment, to docs/postman."

    def files(self) -> Mapping[Path, str]:
        return {FOLDER / name: json.dumps(made, indent=2, ensure_ascii=False) + "\n" for name, made in FILES.items()}
