"""Models: fields, constraints, indexes and one chainable QuerySet each. Rules are in `reservation.domain`."""

from reservation.models.appointment import Appointment
from reservation.models.client import Client
from reservation.models.event import EventKind, ReservationEvent
from reservation.models.idempotency import IdempotencyKey
from reservation.models.identity import ExternalIdentity
from reservation.models.provider import Provider
from reservation.models.reservation import Reservation
from reservation.models.service import Service
from reservation.models.user import User

__all__ = [
    "Appointment",
    "Client",
    "EventKind",
    "ExternalIdentity",
    "IdempotencyKey",
    "Provider",
    "Reservation",
    "ReservationEvent",
    "Service",
    "User",
]
