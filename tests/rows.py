"""Rows of the database, and proof that a refusal changed none."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from reservation.domain.errors import DomainError
from reservation.models import Appointment, Provider, Reservation, ReservationEvent

Lease = tuple[int | None, datetime, bool]
"""reservation_id, available_at and is_booked of an appointment."""


def all_rows() -> dict[str, list[dict[str, Any]]]:
    """Returns every row of every table, without the counter that serialises the claims of a client."""
    models = apps.get_app_config("reservation").get_models(include_auto_created=True)
    with connection.cursor() as cursor:
        rows = {model.__name__: rows_of(cursor, model) for model in models}
    for client in rows["Client"]:
        del client["claim_count"]
    return rows


def rows_of(cursor: CursorWrapper, model: type[Model]) -> list[dict[str, Any]]:
    """Returns every column of every row, as the database has them: the ORM would take ten times as long."""
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)} ORDER BY {model._meta.pk.column}")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


@contextmanager
def refused(error: type[DomainError], *, field: str | None) -> Iterator[None]:
    """Asserts that the block raises exactly this error, for this field, and changes no row."""
    before = all_rows()
    with pytest.raises(DomainError) as caught:
        yield
    assert (type(caught.value), caught.value.field) == (error, field)
    assert all_rows() == before


def leases(provider: Provider) -> list[Lease]:
    """Returns the leases on a provider's calendar, in order."""
    calendar = Appointment.objects.filter(provider=provider).order_by("starts_at")
    return list(calendar.values_list("reservation_id", "available_at", "is_booked"))


def history(reservation: Reservation) -> list[tuple[str, int | None, datetime]]:
    """Returns the kind, user and time of each event of a reservation."""
    events = ReservationEvent.objects.filter(reservation=reservation).order_by("pk")
    return list(events.values_list("kind", "user_id", "occurred_at"))


def last_change(reservation: Reservation) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """Returns the states before and after a reservation's last event."""
    event = ReservationEvent.objects.filter(reservation=reservation).latest("pk")
    return event.before, event.after


def remembered(reservation: Reservation, status: str) -> dict[str, Any]:
    """Returns the state that an event should record for a reservation with this status and its current appointment."""
    return {
        "status": status,
        "provider_id": reservation.provider_id,
        "starts_at": reservation.starts_at.isoformat(),
        "ends_at": reservation.ends_at.isoformat(),
    }
