"""A refused move changes neither the reservation nor any other."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_django import Settings

from reservation.domain.caller import ANONYMOUS
from reservation.domain.errors import (
    AppointmentTaken,
    ClientBusy,
    InvalidInput,
    InvalidTransition,
    NotFound,
    TooLateToCancel,
    TooSoon,
    Unauthenticated,
)
from reservation.domain.reservation import cancel, complete, mark_no_show, reschedule
from reservation.models import Reservation
from reservation.policy import Policy
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
from tests.rows import refused

pytestmark = pytest.mark.django_db

MICROSECOND = timedelta(microseconds=1)


Make = Callable[..., Reservation]


@pytest.mark.parametrize("make", [make_hold, make_booking])
@pytest.mark.parametrize("make_rival", [make_hold, make_booking])
@pytest.mark.parametrize("target", [1, 2, 3])
def test_reschedule_refuses_a_run_of_which_a_part_is_taken(make: Make, make_rival: Make, target: int) -> None:
    """Its own 45 minutes, 15 of a rival, and open ones: each target overlaps the rival, and two its own run."""
    service = make_service(duration_minutes=45)
    provider = make_provider(services=(service,))
    reservation = make(provider=provider, service=service)
    make_rival(provider=provider, starts_at=TOMORROW + minutes(45))
    make_appointments(provider, starts_at=TOMORROW + minutes(60), number=2)
    first = provider.appointments.get(starts_at=TOMORROW + minutes(15 * target))
    who = caller(reservation.client)
    with refused(AppointmentTaken, field="appointment_id"):
        reschedule(caller=who, reservation_id=reservation.pk, appointment_id=first.pk, now=NOW)


def test_reschedule_refuses_a_calendar_that_ends_too_early_or_has_a_gap() -> None:
    booking = make_booking(service=make_service(duration_minutes=45))
    make_appointments(booking.provider, starts_at=TOMORROW + minutes(45), number=1)
    make_appointments(booking.provider, starts_at=TOMORROW + minutes(75), number=1)
    who = staff()
    for starts_at in (TOMORROW + minutes(30), TOMORROW + minutes(75)):
        first = booking.provider.appointments.get(starts_at=starts_at)
        with refused(AppointmentTaken, field="appointment_id"):
            reschedule(caller=who, reservation_id=booking.pk, appointment_id=first.pk, now=NOW)


def test_reschedule_refuses_another_provider_who_does_not_offer_the_service_or_is_inactive() -> None:
    service = make_service()
    booking, who = make_booking(service=service), staff()
    [elsewhere] = make_appointments(make_provider())
    [inactive] = make_appointments(make_provider(services=(service,), is_active=False))
    with refused(InvalidInput, field="appointment_id"):
        reschedule(caller=who, reservation_id=booking.pk, appointment_id=elsewhere.pk, now=NOW)
    with refused(AppointmentTaken, field="appointment_id"):
        reschedule(caller=who, reservation_id=booking.pk, appointment_id=inactive.pk, now=NOW)


def test_reschedule_requires_the_lead_time() -> None:
    booking = make_booking()
    [soon] = make_appointments(booking.provider, starts_at=TOMORROW + minutes(15))
    who = staff()
    with refused(TooSoon, field="appointment_id"):
        reschedule(caller=who, reservation_id=booking.pk, appointment_id=soon.pk, now=NOW + minutes(15) + MICROSECOND)
    moved = reschedule(caller=who, reservation_id=booking.pk, appointment_id=soon.pk, now=NOW + minutes(15))
    assert moved.starts_at == soon.starts_at


def test_reschedule_refuses_an_appointment_that_does_not_exist() -> None:
    booking, who = make_booking(), staff()
    for nothing in (0, 2**63 - 1):
        with refused(NotFound, field="appointment_id"):
            reschedule(caller=who, reservation_id=booking.pk, appointment_id=nothing, now=NOW)


def test_reschedule_refuses_a_client_with_an_overlapping_reservation() -> None:
    client, service = make_client(), make_service(duration_minutes=45)
    booking = make_booking(client=client, service=service)
    for make, place in ((make_booking, 60), (make_hold, 180)):
        make(client=client, starts_at=TOMORROW + minutes(place))
        first, *_ = make_appointments(
            make_provider(services=(service,)), starts_at=TOMORROW + minutes(place - 30), number=3
        )
        who = caller(client)
        with refused(ClientBusy, field="appointment_id"):
            reschedule(caller=who, reservation_id=booking.pk, appointment_id=first.pk, now=NOW)


def test_reschedule_may_touch_another_reservation_of_the_client() -> None:
    client = make_client()
    booking = make_booking(client=client)
    make_booking(client=client, starts_at=TOMORROW + minutes(60))
    [before] = make_appointments(booking.provider, starts_at=TOMORROW + minutes(45))
    [after] = make_appointments(booking.provider, starts_at=TOMORROW + minutes(75))
    for target in (before, after):
        moved = reschedule(caller=caller(client), reservation_id=booking.pk, appointment_id=target.pk, now=NOW)
        assert moved.starts_at == target.starts_at


@pytest.mark.parametrize(("end", "at"), [(cancel, NOW), (complete, TOMORROW), (mark_no_show, TOMORROW)])
def test_reschedule_refuses_a_reservation_that_has_ended(end: Make, at: object) -> None:
    booking, who = make_booking(), staff()
    [free] = make_appointments(booking.provider, starts_at=TOMORROW + timedelta(days=2))
    end(caller=who, reservation_id=booking.pk, now=at)
    with refused(InvalidTransition, field="reservation_id"):
        reschedule(caller=who, reservation_id=booking.pk, appointment_id=free.pk, now=at)


def test_reschedule_refuses_a_booking_that_has_begun() -> None:
    booking = make_booking()
    [free] = make_appointments(booking.provider, starts_at=TOMORROW + timedelta(days=2))
    for who in (caller(booking.client), staff()):
        with refused(TooLateToCancel, field="reservation_id"):
            reschedule(caller=who, reservation_id=booking.pk, appointment_id=free.pk, now=TOMORROW)


def test_the_settings_cancellation_notice_binds_a_client_to_its_booking_but_not_staff(settings: Settings) -> None:
    settings.RESERVATION_POLICY = Policy(cancellation_notice=timedelta(hours=2))
    booking, boss = make_booking(), staff()
    [free] = make_appointments(booking.provider, starts_at=TOMORROW + timedelta(days=2))
    who, late = caller(booking.client), TOMORROW - timedelta(hours=2) + MICROSECOND
    with refused(TooLateToCancel, field="reservation_id"):
        reschedule(caller=who, reservation_id=booking.pk, appointment_id=free.pk, now=late)
    moved = reschedule(caller=boss, reservation_id=booking.pk, appointment_id=free.pk, now=late)
    assert moved.starts_at == free.starts_at


def test_reschedule_adds_no_hold_so_a_lower_limit_does_not_refuse_it(settings: Settings) -> None:
    client = make_client()
    make_hold(client=client, starts_at=TOMORROW + minutes(60))
    hold = make_hold(client=client)
    [free] = make_appointments(hold.provider, starts_at=TOMORROW + minutes(15))
    settings.RESERVATION_POLICY = Policy(max_live_holds=1)
    moved = reschedule(caller=caller(client), reservation_id=hold.pk, appointment_id=free.pk, now=NOW)
    assert moved.starts_at == free.starts_at


def test_an_anonymous_caller_cannot_reschedule() -> None:
    booking = make_booking()
    [free] = make_appointments(booking.provider, starts_at=TOMORROW + timedelta(days=2))
    with refused(Unauthenticated, field=None):
        reschedule(caller=ANONYMOUS, reservation_id=booking.pk, appointment_id=free.pk, now=NOW)
