"""What the database holds, and proof that a refusal left it alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps

from reservation.domain.errors import DomainError
from reservation.models import Appointment, Provider, Reservation, ReservationEvent

Lease = tuple[int | None, datetime, bool]
"""Who has an appointment, from when it may be taken, and whether it is booked."""


def all_rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of the application, but for the counter that one client's claims queue up by."""
    models = apps.get_app_config("reservation").get_models(include_auto_created=True)
    rows = {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}
    for client in rows["Client"]:
        del client["claim_count"]
    return rows


@contextmanager
def refused(error: type[DomainError], *, field: str | None) -> Iterator[None]:
    """The block raises exactly this error, about exactly this argument, and not one row has changed."""
    before = all_rows()
    with pytest.raises(DomainError) as caught:
        yield
    assert (type(caught.value), caught.value.field) == (error, field)
    assert all_rows() == before


def leases(provider: Provider) -> list[Lease]:
    """The leases on a provider's calendar, in order."""
    calendar = Appointment.objects.filter(provider=provider).order_by("starts_at")
    return list(calendar.values_list("reservation_id", "available_at", "is_booked"))


def history(reservation: Reservation) -> list[tuple[str, int | None, datetime]]:
    """What happened to a reservation, who did it, and when."""
    events = ReservationEvent.objects.filter(reservation=reservation).order_by("pk")
    return list(events.values_list("kind", "user_id", "occurred_at"))


def last_change(reservation: Reservation) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """What the last event says that the reservation was before, and afterwards."""
    event = ReservationEvent.objects.filter(reservation=reservation).latest("pk")
    return event.before, event.after


def remembered(reservation: Reservation, status: str) -> dict[str, Any]:
    """What an event should remember of a reservation in this state, where it stands now."""
    return {
        "status": status,
        "provider_id": reservation.provider_id,
        "starts_at": reservation.starts_at.isoformat(),
        "ends_at": reservation.ends_at.isoformat(),
    }
