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


def move(hold: Reservation, there: Appointment) -> None:
    """Write what a committed reschedule writes."""
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

    def read_during_move(self: Any, ids: Any) -> Any:
        # A move was under way: PostgreSQL waits for it at the row of `here`, and does not see the new row of `there`,
        # which was written after the statement began.
        monkeypatch.undo()
        monkeypatch.setattr(expiry, "mark_expired", mark_after_second_move)
        move(hold, there)
        return of_reservations(self, [])

    def mark_after_second_move(read: Reservation, **options: Any) -> bool:
        # A second move, which waited for the first, is committed after the hold is read and before it is marked.
        move(hold, here)
        return mark_expired(read, **options)

    monkeypatch.setattr("reservation.models.appointment.AppointmentQuerySet.of_reservations", read_during_move)
    with suppress(DomainError, Conflict):
        reserve(caller=caller(make_client()), appointment_id=here.pk, now=NOW)
    assert list(find_violations()) == []
