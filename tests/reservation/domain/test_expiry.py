"""The sweeper: it marks lapsed holds as expired and releases their appointments."""

from datetime import timedelta

import pytest

from reservation.domain import expiry
from reservation.domain.expiry import expire, expire_lapsed, mark_expired
from reservation.models import Reservation
from reservation.policy import OPEN_SINCE, Status
from tests.factories import NOW, TOMORROW, make_booking, make_hold, make_provider, make_service, minutes
from tests.rows import all_rows, history, last_change, leases, remembered

pytestmark = pytest.mark.django_db

LAPSED = NOW + minutes(30)
MICROSECOND = timedelta(microseconds=1)


def test_expire_lapsed_expires_lapsed_holds_and_opens_their_appointments() -> None:
    hold = make_hold(service=make_service(duration_minutes=45))
    before, pending = Reservation.objects.values().get(), remembered(hold, "PENDING")
    assert expire_lapsed(now=LAPSED) == 1
    assert Reservation.objects.values().get() == {**before, "status": "EXPIRED", "expires_at": None}
    assert leases(hold.provider) == [(None, OPEN_SINCE, False)] * 3
    assert history(hold) == [("HELD", hold.client.user_id, NOW), ("EXPIRED", None, LAPSED)]
    assert last_change(hold) == (pending, remembered(hold, "EXPIRED"))


def test_expire_lapsed_changes_no_live_hold_booking_or_expired_reservation() -> None:
    make_hold()
    make_booking()
    make_hold(now=NOW - minutes(30))
    assert expire_lapsed(now=LAPSED - MICROSECOND) == 1
    before = all_rows()
    assert expire_lapsed(now=LAPSED - MICROSECOND) == 0
    assert all_rows() == before


def test_expire_lapsed_twice_is_harmless() -> None:
    make_hold()
    assert [expire_lapsed(now=LAPSED) for _ in range(2)] == [1, 0]


def test_expire_lapsed_goes_on_until_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "BATCH_SIZE", 2)
    provider = make_provider()
    for place in range(5):
        make_hold(provider=provider, starts_at=TOMORROW + minutes(15 * place))
    assert expire_lapsed(now=LAPSED) == 5
    assert set(Reservation.objects.values_list("status", flat=True)) == {Status.EXPIRED}
    assert leases(provider) == [(None, OPEN_SINCE, False)] * 5


def test_expire_checks_again_whether_a_hold_has_lapsed() -> None:
    lapsed, live, booking = make_hold(now=NOW - minutes(30)), make_hold(), make_booking()
    before = all_rows()
    assert expire([live.pk, booking.pk], now=NOW) == 0
    assert expire([], now=NOW) == 0
    assert all_rows() == before
    assert expire([live.pk, lapsed.pk, booking.pk], now=NOW) == 1
    assert [history(reservation)[-1][0] for reservation in (lapsed, live, booking)] == ["EXPIRED", "HELD", "CONFIRMED"]


def test_only_one_of_two_sweepers_expires_a_hold() -> None:
    hold = make_hold()
    read_by_both = [Reservation.objects.get(pk=hold.pk) for _ in range(2)]
    assert [mark_expired(reservation, now=LAPSED) for reservation in read_by_both] == [True, False]
    assert [kind for kind, *_ in history(hold)] == ["HELD", "EXPIRED"]


def test_expire_does_not_release_an_appointment_that_was_taken_over() -> None:
    """When a sweeper meets a take-over, the hold is still PENDING, but another reservation has its appointment."""
    hold, other = make_hold(), make_hold()
    hold.appointments.update(reservation=other, available_at=LAPSED + minutes(30))
    assert expire([hold.pk], now=LAPSED) == 1
    assert leases(hold.provider) == [(other.pk, LAPSED + minutes(30), False)]
