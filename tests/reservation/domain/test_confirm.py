"""Confirming a hold, which becomes a booking."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from reservation.domain.caller import ANONYMOUS
from reservation.domain.errors import InvalidTransition, Unauthenticated
from reservation.domain.reservation import cancel, complete, confirm, mark_no_show
from reservation.models import Reservation
from reservation.policy import BOOKED_UNTIL
from tests.factories import NOW, TOMORROW, caller, make_booking, make_hold, make_service, minutes, staff
from tests.rows import all_rows, history, last_change, leases, refused, remembered

pytestmark = pytest.mark.django_db

MICROSECOND = timedelta(microseconds=1)


def test_confirm_books_the_whole_run_without_expiry() -> None:
    hold = make_hold(service=make_service(duration_minutes=45))
    before = Reservation.objects.values().get()
    at = hold.expires_at - MICROSECOND
    confirmed = confirm(caller=caller(hold.client), reservation_id=hold.pk, now=at)
    after = {**before, "status": "CONFIRMED", "expires_at": None, "confirmed_at": at}
    assert Reservation.objects.values().get() == after
    assert (confirmed.status, confirmed.expires_at, confirmed.confirmed_at) == ("CONFIRMED", None, at)
    assert leases(hold.provider) == [(hold.pk, BOOKED_UNTIL, True)] * 3


def test_confirm_appends_one_event() -> None:
    hold, who = make_hold(), staff()
    confirm(caller=who, reservation_id=hold.pk, now=NOW + minutes(5))
    assert history(hold) == [("HELD", hold.client.user_id, NOW), ("CONFIRMED", who.user_id, NOW + minutes(5))]
    assert last_change(hold) == (remembered(hold, "PENDING"), remembered(hold, "CONFIRMED"))


def test_confirm_twice_is_harmless() -> None:
    booking = make_booking()
    before = all_rows()
    for at in (NOW + minutes(1), NOW + minutes(31), TOMORROW):
        assert confirm(caller=caller(booking.client), reservation_id=booking.pk, now=at).confirmed_at == NOW
    assert all_rows() == before


def test_confirm_refuses_a_cancelled_reservation() -> None:
    hold, who = make_hold(), staff()
    cancel(caller=who, reservation_id=hold.pk, now=NOW)
    with refused(InvalidTransition, field="reservation_id"):
        confirm(caller=who, reservation_id=hold.pk, now=NOW)


@pytest.mark.parametrize("end", [complete, mark_no_show])
def test_confirm_refuses_a_reservation_that_has_ended(end: Callable[..., Reservation]) -> None:
    booking, who = make_booking(), staff()
    end(caller=who, reservation_id=booking.pk, now=TOMORROW)
    with refused(InvalidTransition, field="reservation_id"):
        confirm(caller=who, reservation_id=booking.pk, now=TOMORROW)


def test_an_anonymous_caller_cannot_confirm() -> None:
    hold = make_hold()
    with refused(Unauthenticated, field=None):
        confirm(caller=ANONYMOUS, reservation_id=hold.pk, now=NOW)
