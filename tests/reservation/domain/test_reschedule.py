"""Moving a reservation to another start: it acquires the new run and releases the old one, or neither."""

from collections.abc import Callable
from typing import Any

import pytest

from reservation.domain.queries.verification import find_violations
from reservation.domain.reservation import reschedule
from reservation.models import Appointment, Reservation
from reservation.policy import BOOKED_UNTIL, OPEN_SINCE, Status
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
    staff,
)
from tests.rows import all_rows, history, last_change, leases, remembered

pytestmark = pytest.mark.django_db

OPEN = (None, OPEN_SINCE, False)
Make = Callable[..., Reservation]


def make_run(make: Make, *, before: int = 0, after: int = 0, **fields: Any) -> tuple[Reservation, list[Appointment]]:
    """A reservation of 45 minutes at TOMORROW, with so many open appointments before and after it."""
    service = make_service(duration_minutes=45)
    provider = make_provider(services=(service,))
    make_appointments(provider, starts_at=TOMORROW - minutes(15 * before), number=before)
    make_appointments(provider, starts_at=TOMORROW + minutes(45), number=after)
    reservation = make(provider=provider, service=service, **fields)
    return reservation, list(Appointment.objects.filter(provider=provider).order_by("starts_at"))


def lease_of(reservation: Reservation) -> tuple[int, Any, bool]:
    is_booked = reservation.status == Status.CONFIRMED
    return (reservation.pk, BOOKED_UNTIL if is_booked else NOW + minutes(30), is_booked)


@pytest.mark.parametrize("make", [make_hold, make_booking])
def test_reschedule_acquires_the_new_run_and_releases_the_old_one(make: Make) -> None:
    reservation, calendar = make_run(make, after=3)
    before = Reservation.objects.values().get()
    moved = reschedule(
        caller=caller(reservation.client), reservation_id=reservation.pk, appointment_id=calendar[3].pk, now=NOW
    )
    starts_at, ends_at = TOMORROW + minutes(45), TOMORROW + minutes(90)
    assert (moved.pk, moved.starts_at, moved.ends_at) == (reservation.pk, starts_at, ends_at)
    assert Reservation.objects.values().get() == {**before, "starts_at": starts_at, "ends_at": ends_at}
    assert leases(reservation.provider) == [*[OPEN] * 3, *[lease_of(reservation)] * 3]


@pytest.mark.parametrize("make", [make_hold, make_booking])
def test_reschedule_appends_one_event(make: Make) -> None:
    reservation, calendar = make_run(make, after=3)
    already, was, who = history(reservation), remembered(reservation, reservation.status), staff()
    at = NOW - minutes(1)
    moved = reschedule(caller=who, reservation_id=reservation.pk, appointment_id=calendar[3].pk, now=at)
    assert history(reservation) == [*already, ("RESCHEDULED", who.user_id, at)]
    assert last_change(reservation) == (was, remembered(moved, reservation.status))
    assert was["starts_at"] == "2030-01-02T12:00:00+00:00"
    assert last_change(reservation)[1]["starts_at"] == "2030-01-02T12:45:00+00:00"


@pytest.mark.parametrize("make", [make_hold, make_booking])
@pytest.mark.parametrize("target", [0, 1, 3, 4])
def test_reschedule_may_overlap_its_own_run(make: Make, target: int) -> None:
    reservation, calendar = make_run(make, before=2, after=2, now=NOW - minutes(30))
    hold_until = reservation.expires_at
    at = NOW - minutes(30)
    who = caller(reservation.client)
    reschedule(caller=who, reservation_id=reservation.pk, appointment_id=calendar[target].pk, now=at)
    lease = (reservation.pk, hold_until or BOOKED_UNTIL, hold_until is None)
    expected = [lease if target <= place < target + 3 else OPEN for place in range(7)]
    assert leases(reservation.provider) == expected
    assert list(find_violations()) == []


def test_a_hold_keeps_the_instant_at_which_it_lapses() -> None:
    hold, calendar = make_run(make_hold, after=3)
    at = NOW + minutes(29)
    make_appointments(hold.provider, starts_at=TOMORROW + minutes(90), number=3)
    moved = reschedule(caller=staff(), reservation_id=hold.pk, appointment_id=calendar[3].pk, now=at)
    assert (moved.status, moved.expires_at) == (Status.PENDING, NOW + minutes(30))
    assert leases(hold.provider)[3] == (hold.pk, NOW + minutes(30), False)


@pytest.mark.parametrize("make", [make_hold, make_booking])
def test_reschedule_to_another_calendar_that_offers_the_service(make: Make) -> None:
    reservation, _ = make_run(make)
    old, new = reservation.provider, make_provider(services=(reservation.service,))
    first, *_ = make_appointments(new, number=3)
    who = caller(reservation.client)
    moved = reschedule(caller=who, reservation_id=reservation.pk, appointment_id=first.pk, now=NOW)
    assert (moved.pk, moved.provider, moved.starts_at) == (reservation.pk, new, TOMORROW)
    assert (leases(old), leases(new)) == ([OPEN] * 3, [lease_of(reservation)] * 3)
    before, after = last_change(reservation)
    assert before is not None
    assert (before["provider_id"], after["provider_id"]) == (old.pk, new.pk)


def test_reschedule_to_its_current_start_changes_nothing() -> None:
    booking, calendar = make_run(make_booking)
    before = all_rows()
    same = reschedule(caller=caller(booking.client), reservation_id=booking.pk, appointment_id=calendar[0].pk, now=NOW)
    assert same == booking
    assert all_rows() == before


def test_reschedule_takes_over_a_lapsed_hold() -> None:
    lapsed = make_hold(service=make_service(duration_minutes=30), starts_at=TOMORROW + minutes(60))
    booking = make_booking()
    middle = lapsed.appointments.latest("starts_at")
    now = NOW + minutes(30)
    reschedule(caller=staff(), reservation_id=booking.pk, appointment_id=middle.pk, now=now)
    assert leases(lapsed.provider) == [OPEN, (booking.pk, BOOKED_UNTIL, True)]
    assert history(lapsed)[-1] == ("EXPIRED", None, now)
    assert list(find_violations()) == []


def test_reschedule_keeps_the_length_that_was_reserved() -> None:
    booking, calendar = make_run(make_booking, after=3)
    booking.service.duration_minutes = 15
    booking.service.save()
    who = caller(booking.client)
    moved = reschedule(caller=who, reservation_id=booking.pk, appointment_id=calendar[3].pk, now=NOW)
    assert moved.ends_at - moved.starts_at == minutes(45)


def test_reschedule_accepts_a_booking_just_before_its_start() -> None:
    booking = make_booking()
    now = TOMORROW - minutes(1)
    [far] = make_appointments(booking.provider, starts_at=TOMORROW + minutes(24 * 60))
    who = caller(booking.client)
    moved = reschedule(caller=who, reservation_id=booking.pk, appointment_id=far.pk, now=now)
    assert moved.starts_at == far.starts_at


def test_the_fifth_hold_can_be_moved() -> None:
    client, provider = make_client(), make_provider()
    *_, last = [
        make_hold(client=client, provider=provider, starts_at=TOMORROW + minutes(15 * place)) for place in range(5)
    ]
    [free] = make_appointments(provider, starts_at=TOMORROW + minutes(75))
    moved = reschedule(caller=caller(client), reservation_id=last.pk, appointment_id=free.pk, now=NOW)
    assert moved.starts_at == TOMORROW + minutes(75)
