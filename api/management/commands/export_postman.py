"""Writes docs/postman, or checks that it is current."""

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
    name: str, /, *, stores: Mapping[str, str] | None = None, refusal: str | None = None, **input: Any
) -> Example:
    """A mutation, with its one input."""
    return Example(name=name, variables={"input": input}, stores=stores or {}, refusal=refusal)


def read(name: str, /, *, stores: Mapping[str, str] | None = None, **variables: Any) -> Example:
    return Example(name=name, variables=variables, stores=stores or {})


WALK = Folder(
    name="From log-in to confirm",
    description="A client reserves the next open appointment, confirms the reservation, and cancels it.",
    requests=[
        LogIn("client"),
        read("next-open-appointment", stores={"appointmentId": "found.id"}),
        change(
            "reserve-appointment", appointmentId="{{appointmentId}}", stores={"reservationId": "found.reservation.id"}
        ),
        change("confirm-reservation", **RESERVATION),
        read("reservations", filter={"status": ["PENDING", "CONFIRMED"]}, first=10),
        change("cancel-reservation", **RESERVATION, reason="Only a walk-through."),
    ],
)
PROVIDER = Folder(
    name="A provider offers time",
    description="Two hours from 09:00 UTC in ninety days, which the next folders reserve.",
    requests=[
        LogIn("provider"),
        read("viewer", stores={"providerId": "found.provider.id"}),
        change("update-provider", providerId="{{providerId}}", bio="Here for you on weekdays."),
        change(
            "offer-appointments",
            **OFFERED,
            stores={"appointmentId": f"{OPEN}[0].id", "otherAppointmentId": f"{OPEN}[1].id"},
        ),
    ],
)
ANONYMOUS = Folder(
    name="Without a log-in",
    description="Queries that need no log-in.",
    is_anonymous=True,
    requests=[
        read("services", filter={"providerId": "{{providerId}}"}, first=10, stores={"serviceId": "found.nodes[0].id"}),
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
    description="The client reserves one of the offered appointments, and moves the reservation to another.",
    requests=[
        LogIn("client"),
        change(
            "reserve-appointment", appointmentId="{{appointmentId}}", stores={"reservationId": "found.reservation.id"}
        ),
        change("reschedule-reservation", **RESERVATION, appointmentId="{{otherAppointmentId}}"),
        change("confirm-reservation", **RESERVATION),
        read("reservation", id="{{reservationId}}", stores={"clientId": "found.client.id"}),
        read("latest-reservations", last=5),
        change("update-client", clientId="{{clientId}}", phone="+49 30 901820"),
        read("client", id="{{clientId}}", orderBy={"field": "CREATED_AT", "direction": "DESC"}),
    ],
)
STAFF = Folder(
    name="Staff",
    description="The first two are refused, since the reservation has not started yet.",
    requests=[
        LogIn("staff"),
        change("complete-reservation", **RESERVATION, refusal="INVALID_TRANSITION"),
        change("mark-reservation-no-show", **RESERVATION, refusal="INVALID_TRANSITION"),
        change("cancel-reservation", **RESERVATION, reason="The provider is on holiday."),
        change("withdraw-appointments", **OFFERED),
        read("clients", filter={"search": "{{clientEmail}}"}, first=10),
        change("create-service", name="Massage", durationMinutes=45, stores={"newServiceId": "found.service.id"}),
        change("update-service", serviceId="{{newServiceId}}", isActive=False),
        change("create-provider", name="Somebody New", email="provider-{{$guid}}@example.com", timeZone="Europe/Paris"),
    ],
)
OTHERS = Folder(
    name="Everything else",
    description="All other examples, in an order in which each finds what it needs.",
    requests=[PROVIDER, ANONYMOUS, CLIENT, STAFF],
)

COLLECTION = collection(
    "Appointments",
    description="Every document of docs/examples, to be sent in order. Select the environment first.",
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
