"""A small practice with one object of each type, and callers of each role."""

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.db.models.sql import InsertQuery

from api.types.ids import to_global_id
from reservation.domain.caller import ANONYMOUS, Caller
from reservation.domain.reservation import confirm, reserve
from reservation.models import Appointment, Client, Provider, Reservation, Service, User
from tests.answer import Answer
from tests.factories import (
    NOW,
    TOMORROW,
    caller,
    make_appointments,
    make_client,
    make_provider,
    make_service,
    make_user,
    staff,
)

Ask = Callable[..., Answer]

PEOPLE = ("nobody", "client", "other client", "provider", "other provider", "staff")

PROVIDER = "id name bio timeZone isActive"
SERVICE = "id name description durationMinutes isActive"
CLIENT = "id name email phone timeZone"
APPOINTMENT = f"id startsAt endsAt isOpen provider {{ {PROVIDER} }}"
RESERVATION = f"""
    id startsAt endsAt status expiresAt note createdAt confirmedAt cancelledAt cancelReason
    client {{ {CLIENT} }} provider {{ {PROVIDER} }} service {{ {SERVICE} }}
    appointments {{ {APPOINTMENT} reservation {{ id }} }}
"""


@dataclass(frozen=True, kw_only=True)
class Practice:
    """Anna offers Cutting (30 minutes) and has four hours from tomorrow noon; Cleo holds the first run of them, and
    has booked the run that begins an hour later. Bert offers no service; Dora has no reservations."""

    service: Service
    provider: Provider
    other_provider: Provider
    client: Client
    other_client: Client
    slots: list[Appointment]
    hold: Reservation
    booking: Reservation
    staff: Caller = field(default_factory=staff)

    def who(self, name: str) -> Caller:
        """The caller with this name, which is one of PEOPLE."""
        person = {
            "client": self.client,
            "other client": self.other_client,
            "provider": self.provider,
            "other provider": self.other_provider,
        }.get(name)
        if person is not None:
            return caller(person)
        return self.staff if name == "staff" else ANONYMOUS


def make_practice() -> Practice:
    """Makes the practice by the domain's commands once, and then again by the statements that insert its rows."""
    global _recorded
    is_alone = connection.in_atomic_block and not User.objects.exists() and not Service.objects.exists()
    if not is_alone:
        return make_practice_by_commands()
    if _recorded is None:
        practice = make_practice_by_commands()
        _recorded = Recorded(pickle.dumps(practice), statements_of_all_rows())
        return practice
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        for sql, params in _recorded.statements:
            cursor.execute(sql, params)
    made: Practice = pickle.loads(_recorded.practice)
    return made


class Recorded(NamedTuple):
    """A practice, and the statements that insert its rows where there are none."""

    practice: bytes
    statements: list[tuple[str, Sequence[Any]]]


_recorded: Recorded | None = None


def statements_of_all_rows() -> list[tuple[str, Sequence[Any]]]:
    statements = []
    for model in apps.get_app_config("reservation").get_models(include_auto_created=True):
        if rows := list(model._default_manager.order_by("pk")):
            query = InsertQuery(model)
            query.insert_values(model._meta.concrete_fields, rows, raw=True)
            statements += query.get_compiler(connection=connection).as_sql()
    return statements


def make_practice_by_commands() -> Practice:
    service = make_service(name="Cutting", description="Hair.", duration_minutes=30)
    provider = make_provider(
        user=make_user(email="anna@example.com"), name="Anna", bio="Since 1999.", services=(service,)
    )
    client = make_client(user=make_user(email="cleo@example.com"), name="Cleo", time_zone="Europe/Paris")
    slots = make_appointments(provider, number=16)
    hold, booking = (
        reserve(caller=caller(client), appointment_id=slots[place].pk, service_id=service.pk, note="Short.", now=NOW)
        for place in (0, 4)
    )
    confirm(caller=caller(client), reservation_id=booking.pk, now=NOW + timedelta(minutes=1))
    return Practice(
        service=service,
        provider=provider,
        other_provider=make_provider(user=make_user(email="bert@example.com"), name="Bert"),
        client=client,
        other_client=make_client(user=make_user(email="dora@example.com"), name="Dora"),
        slots=slots,
        hold=hold,
        booking=Reservation.objects.get(pk=booking.pk),
    )


def make_cancelled(client: Client, provider: Provider, *, number: int = 1, **fields: Any) -> list[Reservation]:
    """Cancelled reservations, which hold no appointments: for long lists."""
    fields = {"starts_at": TOMORROW, "created_at": NOW, "cancelled_at": NOW, "status": "CANCELLED", **fields}
    fields.setdefault("ends_at", fields["starts_at"] + timedelta(minutes=15))
    return [Reservation.objects.create(client=client, provider=provider, **fields) for _ in range(number)]


def gid(instance: Model) -> str:
    """The global id of this object."""
    return to_global_id(type(instance).__name__, instance.pk)
