"""The status of a reservation as time passes."""

from datetime import timedelta

import pytest

from reservation.domain.reservation import cancel, complete, mark_no_show
from reservation.models import Reservation
from reservation.policy import Status
from tests.factories import NOW, TOMORROW, make_booking, make_hold, minutes, staff

pytestmark = pytest.mark.django_db

UNTIL = NOW + minutes(30)
JUST_BEFORE = UNTIL - timedelta(microseconds=1)


def test_a_hold_has_lapsed_from_the_instant_at_which_it_expires() -> None:
    hold = make_hold()
    make_booking()
    for now, lapsed in ((JUST_BEFORE, []), (UNTIL, [hold])):
        assert list(Reservation.objects.lapsed_at(now)) == lapsed


def test_with_status_at_and_status_at_agree() -> None:
    boss = staff()
    make_hold()
    make_booking()
    cancel(caller=boss, reservation_id=make_booking().pk, now=NOW)
    complete(caller=boss, reservation_id=make_booking().pk, now=TOMORROW)
    mark_no_show(caller=boss, reservation_id=make_booking().pk, now=TOMORROW)
    for now in (NOW, JUST_BEFORE, UNTIL, TOMORROW):
        seen = {reservation: reservation.status_at(now) for reservation in Reservation.objects.all()}
        for status in Status:
            expected = {reservation for reservation, its in seen.items() if its is status}
            assert set(Reservation.objects.with_status_at([status], now)) == expected
        assert set(Reservation.objects.with_status_at(list(Status), now)) == set(seen)
        assert list(Reservation.objects.with_status_at([], now)) == []
