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


def mutation(
    name: str, /, *, stores: Mapping[str, str] | None = None, refusal: str | None = None, **input: Any
) -> Example:
    """A mutation, with its one input."""
    return Example(name=name, variables={"input": input}, stores=stores or {}, refusal=refusal)


def query(name: str, /, *, stores: Mapping[str, str] | None = None, **variables: Any) -> Example:
    return Example(name=name, variables=variables, stores=stores or {})


WALK_FOLDER = Folder(
    name="From log-in to confirm",
    description="A client reserves the next open appointment, confirms the reservation, and cancels it.",
    requests=[
        LogIn("client"),
        query("next-open-appointment", stores={"appointmentId": "found.id"}),
        mutation(
            "reserve-appointment", appointmentId="{{appointmentId}}", stores={"reservationId": "found.reservation.id"}
        ),
        mutation("confirm-reservation", **RESERVATION),
        query("reservations", filter={"status": ["PENDING", "CONFIRMED"]}, first=10),
        mutation("cancel-reservation", **RESERVATION, reason="Only a walk-through."),
    ],
)
PROVIDER_FOLDER = Folder(
    name="A provider offers time",
    description="Two hours from 09:00 UTC in ninety days, which the next folders reserve.",
    requests=[
        LogIn("provider"),
        query("viewer", stores={"providerId": "found.provider.id"}),
        mutation("update-provider", providerId="{{providerId}}", bio="Here for you on weekdays."),
        mutation(
            "offer-appointments",
            **OFFERED,
            stores={"appointmentId": f"{OPEN}[0].id", "otherAppointmentId": f"{OPEN}[1].id"},
        ),
    ],
)
ANONYMOUS_FOLDER = Folder(
    name="Without a log-in",
    description="Queries that need no log-in.",
    is_anonymous=True,
    requests=[
        query("services", filter={"providerId": "{{providerId}}"}, first=10, stores={"serviceId": "found.nodes[0].id"}),
        query("service", id="{{serviceId}}"),
        query("providers", filter={"isActive": True}, orderBy={"field": "NAME", "direction": "ASC"}, first=10),
        query("provider", id="{{providerId}}", **PERIOD),
        query("open-appointments", filter={**PERIOD, "providerIds": ["{{providerId}}"]}, first=5),
        query("appointment", id="{{appointmentId}}"),
        query("node", id="{{appointmentId}}"),
        query("nodes", ids=["{{providerId}}", "{{serviceId}}"]),
    ],
)
CLIENT_FOLDER = Folder(
    name="A client moves a reservation",
    description="The client reserves one of the offered appointments, and moves the reservation to another.",
    requests=[
        LogIn("client"),
        mutation(
            "reserve-appointment", appointmentId="{{appointmentId}}", stores={"reservationId": "found.reservation.id"}
        ),
        mutation("reschedule-reservation", **RESERVATION, appointmentId="{{otherAppointmentId}}"),
        mutation("confirm-reservation", **RESERVATION),
        query("reservation", id="{{reservationId}}", stores={"clientId": "found.client.id"}),
        query("latest-reservations", last=5),
        mutation("update-client", clientId="{{clientId}}", phone="+49 30 901820"),
        query("client", id="{{clientId}}", orderBy={"field": "CREATED_AT", "direction": "DESC"}),
    ],
)
STAFF_FOLDER = Folder(
    name="Staff",
    description="The first two are refused, since the reservation has not started yet.",
    requests=[
        LogIn("staff"),
        mutation("complete-reservation", **RESERVATION, refusal="INVALID_TRANSITION"),
        mutation("mark-reservation-no-show", **RESERVATION, refusal="INVALID_TRANSITION"),
        mutation("cancel-reservation", **RESERVATION, reason="The provider is on holiday."),
        mutation("withdraw-appointments", **OFFERED),
        query("clients", filter={"search": "{{clientEmail}}"}, first=10),
        mutation("create-service", name="Massage", durationMinutes=45, stores={"newServiceId": "found.service.id"}),
        mutation("update-service", serviceId="{{newServiceId}}", isActive=False),
        mutation(
            "create-provider", name="Somebody New", email="provider-{{$guid}}@example.com", timeZone="Europe/Paris"
        ),
    ],
)
OTHERS_FOLDER = Folder(
    name="Everything else",
    description="All other examples, in an order in which each finds what it needs.",
    requests=[PROVIDER_FOLDER, ANONYMOUS_FOLDER, CLIENT_FOLDER, STAFF_FOLDER],
)

COLLECTION = collection(
    "Appointments",
    description="Every document of docs/examples, to be sent in order. Select the environment first.",
    folders=[WALK_FOLDER, OTHERS_FOLDER],
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
