"""The outcome of a booking: completed or no-show."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from reservation.domain.caller import ANONYMOUS
from reservation.domain.errors import InvalidTransition, Unauthenticated
from reservation.domain.reservation import cancel, complete, mark_no_show
from reservation.models import Reservation
from reservation.policy import BOOKED_UNTIL
from tests.factories import NOW, TOMORROW, caller, make_booking, make_hold, make_service, minutes, staff
from tests.rows import history, last_change, leases, refused, remembered

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.parametrize(("end", "status"), [(complete, "COMPLETED"), (mark_no_show, "NO_SHOW")]),
]

End = Callable[..., Reservation]


def test_a_booking_gets_its_outcome_once_it_has_begun_and_keeps_its_appointments(end: End, status: str) -> None:
    booking = make_booking(service=make_service(duration_minutes=45))
    before = Reservation.objects.values().get()
    assert end(caller=caller(booking.provider), reservation_id=booking.pk, now=TOMORROW).status == status
    assert Reservation.objects.values().get() == {**before, "status": status}
    assert leases(booking.provider) == [(booking.pk, BOOKED_UNTIL, True)] * 3


def test_the_outcome_is_one_event(end: End, status: str) -> None:
    booking, who, at = make_booking(), staff(), TOMORROW + minutes(20)
    already = history(booking)
    end(caller=who, reservation_id=booking.pk, now=at)
    assert history(booking) == [*already, (status, who.user_id, at)]
    assert last_change(booking) == (remembered(booking, "CONFIRMED"), remembered(booking, status))


def test_a_booking_that_has_not_begun_can_have_no_outcome(end: End, status: str) -> None:
    booking, who = make_booking(), staff()
    with refused(InvalidTransition, field="reservation_id"):
        end(caller=who, reservation_id=booking.pk, now=TOMORROW - timedelta(microseconds=1))


def test_a_hold_can_have_no_outcome(end: End, status: str) -> None:
    hold, who = make_hold(), staff()
    for at in (NOW, TOMORROW):
        with refused(InvalidTransition, field="reservation_id"):
            end(caller=who, reservation_id=hold.pk, now=at)


def test_a_cancelled_reservation_can_have_no_outcome(end: End, status: str) -> None:
    booking, who = make_booking(), staff()
    cancel(caller=who, reservation_id=booking.pk, now=NOW)
    with refused(InvalidTransition, field="reservation_id"):
        end(caller=who, reservation_id=booking.pk, now=TOMORROW)


def test_an_outcome_is_final(end: End, status: str) -> None:
    booking, who = make_booking(), staff()
    end(caller=who, reservation_id=booking.pk, now=TOMORROW)
    for other in (complete, mark_no_show):
        with refused(InvalidTransition, field="reservation_id"):
            other(caller=who, reservation_id=booking.pk, now=TOMORROW)


def test_an_anonymous_caller_cannot_record_an_outcome(end: End, status: str) -> None:
    booking = make_booking()
    with refused(Unauthenticated, field=None):
        end(caller=ANONYMOUS, reservation_id=booking.pk, now=TOMORROW)
