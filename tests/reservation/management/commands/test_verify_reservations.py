"""The command verify_reservations."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from reservation.models import Appointment, ReservationEvent
from tests.factories import TOMORROW, make_booking, make_hold, make_service, minutes
from tests.rows import all_rows

pytestmark = pytest.mark.django_db


def test_verify_reservations_reports_no_violations_and_changes_nothing() -> None:
    make_hold(service=make_service(duration_minutes=45))
    make_booking()
    before, output, errors = all_rows(), StringIO(), StringIO()
    call_command("verify_reservations", stdout=output, stderr=errors)
    assert (output.getvalue(), errors.getvalue()) == ("Every invariant holds.\n", "")
    assert all_rows() == before


def test_verify_reservations_reports_the_violating_rows_and_fails() -> None:
    hold, booking = make_hold(), make_booking()
    appointment = booking.appointments.get()
    Appointment.objects.filter(pk=appointment.pk).update(starts_at=TOMORROW + minutes(20))
    ReservationEvent.objects.filter(reservation=hold).delete()
    output, errors = StringIO(), StringIO()
    with pytest.raises(CommandError, match=r"^3 invariants are broken\.$") as caught:
        call_command("verify_reservations", stdout=output, stderr=errors)
    assert caught.value.returncode == 1
    assert output.getvalue() == ""
    assert errors.getvalue().splitlines() == [
        f"BROKEN  An appointment starts on the grid: appointment {appointment.pk}",
        f"BROKEN  A leased appointment lies within its reservation: appointment {appointment.pk}",
        f"BROKEN  The last event has a reservation's status: reservation {hold.pk}",
    ]
