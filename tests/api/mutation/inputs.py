"""A valid input for every mutation, by staff, and a time at which it succeeds."""

from datetime import datetime, timedelta
from typing import Any

from tests.factories import NOW, TOMORROW, minutes
from tests.practice import Practice, gid

LATER = TOMORROW + timedelta(hours=2)
"""An instant after the end of the practice's booking."""

MUTATIONS = {
    "offerAppointments": ("providerId",),
    "withdrawAppointments": ("providerId",),
    "reserveAppointment": ("appointmentId", "serviceId", "clientId"),
    "confirmReservation": ("reservationId",),
    "cancelReservation": ("reservationId",),
    "rescheduleReservation": ("reservationId", "appointmentId"),
    "completeReservation": ("reservationId",),
    "markReservationNoShow": ("reservationId",),
    "createProvider": ("serviceIds",),
    "updateProvider": ("providerId", "serviceIds"),
    "createService": (),
    "updateService": ("serviceId",),
    "updateClient": ("clientId",),
}
"""Each mutation, and the fields of its input that take an id."""

IDS = [(mutation, field) for mutation, fields in MUTATIONS.items() for field in fields]


def valid(mutation: str, practice: Practice) -> dict[str, Any]:
    day = {"startsAt": "2030-01-03T00:00:00Z", "endsAt": "2030-01-03T01:00:00Z"}
    slot = gid(practice.slots[8])
    inputs: dict[str, dict[str, Any]] = {
        "offerAppointments": {"providerId": gid(practice.provider), **day},
        "withdrawAppointments": {
            "providerId": gid(practice.provider),
            "startsAt": "2030-01-02T14:00:00Z",
            "endsAt": "2030-01-02T15:00:00Z",
        },
        "reserveAppointment": {
            "appointmentId": slot,
            "serviceId": gid(practice.service),
            "clientId": gid(practice.other_client),
            "note": "Hello.",
        },
        "confirmReservation": {"reservationId": gid(practice.hold)},
        "cancelReservation": {"reservationId": gid(practice.booking), "reason": "Rain."},
        "rescheduleReservation": {"reservationId": gid(practice.booking), "appointmentId": slot},
        "completeReservation": {"reservationId": gid(practice.booking)},
        "markReservationNoShow": {"reservationId": gid(practice.booking)},
        "createProvider": {
            "name": "Eve",
            "email": "Eve@Example.com",
            "bio": "New.",
            "timeZone": "Asia/Tokyo",
            "serviceIds": [gid(practice.service)],
        },
        "updateProvider": {
            "providerId": gid(practice.other_provider),
            "name": "Bertram",
            "bio": "Changed.",
            "timeZone": "Asia/Tokyo",
            "isActive": False,
            "serviceIds": [gid(practice.service)],
        },
        "createService": {"name": "Shaving", "description": "Beards.", "durationMinutes": 45},
        "updateService": {
            "serviceId": gid(practice.service),
            "name": "Trimming",
            "description": "Changed.",
            "durationMinutes": 480,
            "isActive": False,
        },
        "updateClient": {
            "clientId": gid(practice.client),
            "name": "Cleopatra",
            "phone": "+33 1 23",
            "timeZone": "Africa/Cairo",
        },
    }
    return inputs[mutation]


def when(mutation: str) -> datetime:
    return LATER if mutation in ("completeReservation", "markReservationNoShow") else NOW + minutes(2)
