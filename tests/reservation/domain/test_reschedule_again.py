"""Moving a reservation to its own start, and one whose service is no longer offered."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from reservation.domain.errors import InvalidInput
from reservation.domain.provider import update_provider
from reservation.domain.queries.verification import find_violations
from reservation.domain.reservation import reschedule
from reservation.domain.service import update_service
from reservation.models import Appointment, Reservation
from tests.factories import (
    NOW,
    TOMORROW,
    caller,
    make_appointments,
    make_booking,
    make_hold,
    make_provider,
    make_service,
    minutes,
    staff,
)
from tests.rows import all_rows, history, refused

pytestmark = pytest.mark.django_db

DAY_AFTER = TOMORROW + timedelta(days=1)

Make = Callable[..., Reservation]


def make_movable(make: Make) -> tuple[Reservation, list[Appointment]]:
    """A reservation of 45 minutes at DAY_AFTER, and the open appointments after it."""
    service = make_service(duration_minutes=45)
    reservation = make(service=service, starts_at=DAY_AFTER)
    return reservation, make_appointments(reservation.provider, starts_at=DAY_AFTER + minutes(45), number=6)


def deactivate_service(reservation: Reservation) -> None:
    update_service(caller=staff(), service_id=reservation.service_id, is_active=False, now=NOW)


def stop_offering(reservation: Reservation) -> None:
    update_provider(caller=staff(), provider_id=reservation.provider_id, service_ids=[], now=NOW)


def move(reservation: Reservation, to: Appointment, *, now: Any = NOW) -> Reservation:
    return reschedule(caller=caller(reservation.client), reservation_id=reservation.pk, appointment_id=to.pk, now=now)


@pytest.mark.parametrize("make", [make_hold, make_booking])
def test_a_repeated_move_changes_nothing_more(make: Make) -> None:
    reservation, (there, *_) = make_movable(make)
    already = history(reservation)
    moved = move(reservation, there)
    before = all_rows()
    for now in (NOW, NOW + minutes(1)):
        again = move(reservation, there, now=now)
        assert (again, again.starts_at, again.ends_at) == (moved, there.starts_at, there.starts_at + minutes(45))
    assert all_rows() == before
    assert history(reservation) == [*already, ("RESCHEDULED", reservation.client.user_id, NOW)]
    assert list(find_violations()) == []


@pytest.mark.parametrize("make", [make_hold, make_booking])
def test_a_move_to_its_original_start_changes_nothing(make: Make) -> None:
    reservation, _ = make_movable(make)
    before = all_rows()
    assert move(reservation, reservation.appointments.earliest("starts_at")) == reservation
    assert all_rows() == before


def test_a_move_to_a_later_start_within_its_own_run_moves_it() -> None:
    reservation, _ = make_movable(make_booking)
    _, second, _ = reservation.appointments.order_by("starts_at")
    assert move(reservation, second).starts_at == second.starts_at
    before = all_rows()
    move(reservation, second)
    assert all_rows() == before
    assert list(find_violations()) == []


@pytest.mark.parametrize("happens", [deactivate_service, stop_offering])
@pytest.mark.parametrize("make", [make_hold, make_booking])
def test_a_reservation_of_a_service_that_is_no_longer_offered_moves_on_the_same_calendar(
    make: Make, happens: Callable[[Reservation], None]
) -> None:
    reservation, (there, *_) = make_movable(make)
    happens(reservation)
    moved = move(reservation, there)
    assert (moved.starts_at, moved.ends_at) == (there.starts_at, there.starts_at + minutes(45))
    assert moved.service == reservation.service
    assert list(find_violations()) == []


@pytest.mark.parametrize("make", [make_hold, make_booking])
def test_another_provider_must_offer_the_service(make: Make) -> None:
    reservation, _ = make_movable(make)
    there, *_ = make_appointments(make_provider(services=(make_service(),)), starts_at=DAY_AFTER, number=3)
    with refused(InvalidInput, field="appointment_id"):
        move(reservation, there)


def test_a_reservation_of_an_inactive_service_cannot_move_to_another_provider() -> None:
    reservation, _ = make_movable(make_booking)
    assert reservation.service is not None
    there, *_ = make_appointments(make_provider(services=(reservation.service,)), starts_at=DAY_AFTER, number=3)
    deactivate_service(reservation)
    with refused(InvalidInput, field="appointment_id"):
        move(reservation, there)


def test_without_a_service_it_moves_to_any_calendar() -> None:
    booking = make_booking(starts_at=DAY_AFTER)
    [there] = make_appointments(make_provider(), starts_at=DAY_AFTER)
    assert move(booking, there).provider == there.provider
    assert list(find_violations()) == []


def test_a_repeated_move_is_harmless_though_the_new_start_could_no_longer_be_reserved() -> None:
    booking = make_booking(starts_at=DAY_AFTER)
    [soon] = make_appointments(booking.provider, starts_at=TOMORROW)
    moved = move(booking, soon)
    update_provider(caller=staff(), provider_id=booking.provider_id, is_active=False, now=NOW)
    before = all_rows()
    assert move(booking, soon, now=NOW + minutes(1)).starts_at == moved.starts_at == TOMORROW
    assert all_rows() == before
