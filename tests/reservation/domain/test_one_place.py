"""A client has one reservation at a time, even if the confirmation of a hold is decided after its lapse."""

from datetime import timedelta

import pytest

from reservation.domain.errors import ClientBusy, HoldExpired
from reservation.domain.queries.verification import find_violations
from reservation.domain.reservation import confirm, reschedule, reserve
from reservation.models import Client, Reservation
from reservation.policy import OPEN_SINCE, Status
from tests.factories import (
    NOW,
    TOMORROW,
    caller,
    make_appointments,
    make_booking,
    make_client,
    make_hold,
    make_provider,
    make_service,
    minutes,
)
from tests.rows import history, last_change, leases, refused, remembered

pytestmark = pytest.mark.django_db

DAY_AFTER = TOMORROW + timedelta(days=1)
LAPSED = NOW + minutes(30)
MICROSECOND = timedelta(microseconds=1)


def reserve_elsewhere(client: Client, *, after: timedelta = timedelta(0)) -> Reservation:
    """Reserve with another provider when the client's hold has just lapsed."""
    return make_hold(client=client, starts_at=DAY_AFTER + after, now=LAPSED)


def confirm_too_late(hold: Reservation) -> None:
    """A confirmation that was received before the lapse, and is decided only now."""
    with refused(HoldExpired, field="reservation_id"):
        confirm(caller=caller(hold.client), reservation_id=hold.pk, now=LAPSED - MICROSECOND)


def test_a_delayed_confirmation_of_a_lapsed_hold_is_refused_once_the_client_reserved_elsewhere() -> None:
    hold = make_hold(starts_at=DAY_AFTER)
    elsewhere = reserve_elsewhere(hold.client)
    confirm_too_late(hold)
    confirm(caller=caller(hold.client), reservation_id=elsewhere.pk, now=LAPSED)
    hold.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (hold.status, hold.expires_at, elsewhere.status) == (Status.EXPIRED, None, Status.CONFIRMED)
    assert list(find_violations()) == []


def test_an_overlapping_lapsed_hold_is_expired_without_a_user_and_its_time_is_open() -> None:
    hold = make_hold(service=make_service(duration_minutes=45), starts_at=DAY_AFTER)
    pending = remembered(hold, "PENDING")
    reserve_elsewhere(hold.client, after=minutes(30))
    assert history(hold) == [("HELD", hold.client.user_id, NOW), ("EXPIRED", None, LAPSED)]
    assert last_change(hold) == (pending, remembered(hold, "EXPIRED"))
    assert leases(hold.provider) == [(None, OPEN_SINCE, False)] * 3


def test_a_delayed_confirmation_is_refused_once_another_reservation_was_moved_there() -> None:
    hold = make_hold(starts_at=DAY_AFTER)
    other = make_booking(client=hold.client, starts_at=DAY_AFTER + timedelta(hours=3))
    [there] = make_appointments(make_provider(), starts_at=DAY_AFTER)
    reschedule(caller=caller(hold.client), reservation_id=other.pk, appointment_id=there.pk, now=LAPSED)
    confirm_too_late(hold)
    hold.refresh_from_db()
    other.refresh_from_db()
    assert (hold.status, other.status, other.starts_at) == (Status.EXPIRED, Status.CONFIRMED, DAY_AFTER)
    assert history(hold)[-1] == ("EXPIRED", None, LAPSED)
    assert list(find_violations()) == []


def test_a_hold_that_was_confirmed_in_time_keeps_its_client_busy() -> None:
    hold = make_hold(starts_at=DAY_AFTER)
    other = make_booking(client=hold.client, starts_at=DAY_AFTER + timedelta(hours=3))
    [there] = make_appointments(make_provider(), starts_at=DAY_AFTER)
    who = caller(hold.client)
    confirm(caller=who, reservation_id=hold.pk, now=LAPSED - MICROSECOND)
    with refused(ClientBusy, field="appointment_id"):
        reserve(caller=who, appointment_id=there.pk, now=LAPSED)
    with refused(ClientBusy, field="appointment_id"):
        reschedule(caller=who, reservation_id=other.pk, appointment_id=there.pk, now=LAPSED)


def test_a_live_hold_keeps_its_client_busy_until_the_instant_of_its_lapse() -> None:
    hold = make_hold(starts_at=DAY_AFTER)
    [there] = make_appointments(make_provider(), starts_at=DAY_AFTER)
    with refused(ClientBusy, field="appointment_id"):
        reserve(caller=caller(hold.client), appointment_id=there.pk, now=LAPSED - MICROSECOND)
    reserve(caller=caller(hold.client), appointment_id=there.pk, now=LAPSED)
    assert list(find_violations()) == []


@pytest.mark.parametrize("after", [minutes(-15), minutes(15), timedelta(hours=3)], ids=["before", "after", "later"])
def test_a_lapsed_hold_that_does_not_overlap_is_unchanged(after: timedelta) -> None:
    hold = make_hold(starts_at=DAY_AFTER)
    before, lease = Reservation.objects.values().get(pk=hold.pk), leases(hold.provider)
    reserve_elsewhere(hold.client, after=after)
    assert Reservation.objects.values().get(pk=hold.pk) == before
    assert leases(hold.provider) == lease == [(hold.pk, LAPSED, False)]
    assert history(hold) == [("HELD", hold.client.user_id, NOW)]


def test_another_client_at_the_same_time_does_not_expire_a_lapsed_hold() -> None:
    hold = make_hold(starts_at=DAY_AFTER)
    before = Reservation.objects.values().get(pk=hold.pk)
    reserve_elsewhere(make_client())
    assert Reservation.objects.values().get(pk=hold.pk) == before
