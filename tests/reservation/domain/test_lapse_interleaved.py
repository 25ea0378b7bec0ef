"""A hold that is moved away and back while another client reserves its time is expired, or keeps its appointments."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from reservation.domain import expiry
from reservation.domain.errors import DomainError
from reservation.domain.lease import lease
from reservation.domain.queries.verification import find_violations
from reservation.domain.reservation import reserve
from reservation.domain.transaction import Conflict
from reservation.models import Appointment, Reservation
from tests.factories import NOW, TOMORROW, caller, make_appointments, make_client, make_hold, make_provider, minutes

pytestmark = pytest.mark.django_db

LAPSED = NOW - minutes(30)
"""When a hold was made that has lapsed by NOW."""


def put(hold: Reservation, there: Appointment) -> None:
    """What a committed reschedule leaves behind."""
    Appointment.objects.filter(reservation=hold).release()
    Appointment.objects.filter(pk=there.pk).update(**lease(hold.pk, until=hold.expires_at, is_booked=False))
    Reservation.objects.filter(pk=hold.pk).update(starts_at=there.starts_at, ends_at=there.ends_at)


def test_a_hold_that_was_moved_away_and_back_keeps_its_appointments(monkeypatch: Any) -> None:
    provider = make_provider()
    hold = make_hold(provider=provider, now=LAPSED)
    here = hold.appointments.get()
    [there] = make_appointments(provider, starts_at=TOMORROW + minutes(60))
    mark_expired: Callable[..., bool] = expiry.mark_expired
    of_reservations = type(Appointment.objects.all()).of_reservations

    def first_look(self: Any, ids: Any) -> Any:
        # A move was under way: PostgreSQL waits for it at `here`, and does not see `there`, which is newer than the
        # statement.
        monkeypatch.undo()
        monkeypatch.setattr(expiry, "mark_expired", then_back)
        put(hold, there)
        return of_reservations(self, [])

    def then_back(read: Reservation, **options: Any) -> bool:
        # After the hold was read, and before it is marked, a second move, which has waited for the first, is committed.
        put(hold, here)
        return mark_expired(read, **options)

    monkeypatch.setattr("reservation.models.appointment.AppointmentQuerySet.of_reservations", first_look)
    with suppress(DomainError, Conflict):
        reserve(caller=caller(make_client()), appointment_id=here.pk, now=NOW)
    assert list(find_violations()) == []
