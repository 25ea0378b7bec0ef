"""Limits of reserving: lead time, live holds and overlaps, as the settings define them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_django import Settings

from reservation.domain.errors import AppointmentTaken, ClientBusy, TooManyHolds, TooSoon
from reservation.domain.reservation import cancel, complete, confirm, mark_no_show, reserve
from reservation.models import Client, Reservation
from reservation.policy import Policy, Status
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


# --- Lead time -----------------------------------------------------------------------------------------------------


def test_reserve_accepts_a_start_in_exactly_24_hours_and_refuses_a_microsecond_less() -> None:
    [appointment] = make_appointments(make_provider())
    who = caller(make_client())
    with refused(TooSoon, field="appointment_id"):
        reserve(caller=who, appointment_id=appointment.pk, now=NOW + MICROSECOND)
    assert reserve(caller=who, appointment_id=appointment.pk, now=NOW).status == Status.PENDING


def test_the_lead_time_binds_staff_too() -> None:
    [appointment] = make_appointments(make_provider())
    who, client = staff(), make_client()
    with refused(TooSoon, field="appointment_id"):
        reserve(caller=who, appointment_id=appointment.pk, client_id=client.pk, now=NOW + MICROSECOND)


def test_settings_change_the_lead_time_and_the_hold(settings: Settings) -> None:
    settings.RESERVATION_POLICY = Policy(lead_time=timedelta(hours=1), hold=minutes(5))
    [appointment] = make_appointments(make_provider())
    who, hour_before = caller(make_client()), TOMORROW - timedelta(hours=1)
    with refused(TooSoon, field="appointment_id"):
        reserve(caller=who, appointment_id=appointment.pk, now=hour_before + MICROSECOND)
    hold = reserve(caller=who, appointment_id=appointment.pk, now=hour_before)
    assert hold.expires_at == hour_before + minutes(5)
    appointment.refresh_from_db()
    assert appointment.available_at == hour_before + minutes(5)


# --- Live holds ----------------------------------------------------------------------------------------------------


def hold_some(client: Client, number: int) -> list[Reservation]:
    provider = make_provider()
    return [
        make_hold(client=client, provider=provider, starts_at=TOMORROW + minutes(15 * place)) for place in range(number)
    ]


def test_reserve_refuses_a_sixth_live_hold() -> None:
    client = make_client()
    hold_some(client, 5)
    [appointment] = make_appointments(make_provider(), starts_at=TOMORROW + minutes(180))
    who, other, boss = caller(client), caller(make_client()), staff()
    with refused(TooManyHolds, field=None):
        reserve(caller=who, appointment_id=appointment.pk, now=NOW)
    with refused(TooManyHolds, field=None):
        reserve(caller=boss, appointment_id=appointment.pk, client_id=client.pk, now=NOW)
    assert reserve(caller=other, appointment_id=appointment.pk, now=NOW).status == Status.PENDING


@pytest.mark.parametrize("way", [confirm, cancel])
def test_a_hold_that_is_confirmed_or_cancelled_makes_room(way: Callable[..., Reservation]) -> None:
    client = make_client()
    holds = hold_some(client, 5)
    [appointment] = make_appointments(make_provider(), starts_at=TOMORROW + minutes(180))
    way(caller=caller(client), reservation_id=holds[0].pk, now=NOW)
    assert reserve(caller=caller(client), appointment_id=appointment.pk, now=NOW).status == Status.PENDING


def test_lapsed_holds_do_not_count() -> None:
    client = make_client()
    hold_some(client, 5)
    [appointment] = make_appointments(make_provider(), starts_at=TOMORROW + minutes(180))
    who = caller(client)
    with refused(TooManyHolds, field=None):
        reserve(caller=who, appointment_id=appointment.pk, now=NOW + minutes(30) - MICROSECOND)
    assert reserve(caller=who, appointment_id=appointment.pk, now=NOW + minutes(30)).status == Status.PENDING


def test_settings_change_how_many_holds_a_client_may_have(settings: Settings) -> None:
    settings.RESERVATION_POLICY = Policy(max_live_holds=1)
    client = make_client()
    hold_some(client, 1)
    [appointment] = make_appointments(make_provider(), starts_at=TOMORROW + minutes(180))
    who = caller(client)
    with refused(TooManyHolds, field=None):
        reserve(caller=who, appointment_id=appointment.pk, now=NOW)


# --- Overlaps ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_hold, make_booking])
@pytest.mark.parametrize("starts", [-30, -15, 0, 15, 30])
def test_reserve_refuses_an_overlap_with_the_clients_own_reservation(
    make: Callable[..., Reservation], starts: int
) -> None:
    """Runs of 45 minutes that overlap the client's reservation of 45 minutes."""
    client, service = make_client(), make_service(duration_minutes=45)
    make(client=client, service=service, starts_at=TOMORROW + minutes(60))
    first, *_ = make_appointments(
        make_provider(services=(service,)), starts_at=TOMORROW + minutes(60 + starts), number=3
    )
    who = caller(client)
    with refused(ClientBusy, field="appointment_id"):
        reserve(caller=who, appointment_id=first.pk, service_id=service.pk, now=NOW)


@pytest.mark.parametrize("starts", [-45, 45])
def test_times_that_touch_do_not_overlap(starts: int) -> None:
    client, service = make_client(), make_service(duration_minutes=45)
    make_booking(client=client, service=service, starts_at=TOMORROW + minutes(60))
    hold = make_hold(client=client, service=service, starts_at=TOMORROW + minutes(60 + starts))
    assert hold.status == Status.PENDING


def test_two_clients_may_reserve_the_same_time() -> None:
    assert [make_booking().status, make_booking().status] == [Status.CONFIRMED] * 2


def test_a_cancelled_reservation_does_not_keep_its_client_busy() -> None:
    client = make_client()
    booking = make_booking(client=client)
    [appointment] = make_appointments(make_provider())
    who = caller(client)
    with refused(ClientBusy, field="appointment_id"):
        reserve(caller=who, appointment_id=appointment.pk, now=NOW)
    cancel(caller=who, reservation_id=booking.pk, now=NOW)
    assert reserve(caller=who, appointment_id=appointment.pk, now=NOW).status == Status.PENDING


def test_a_lapsed_hold_does_not_keep_its_client_busy() -> None:
    client, day_after = make_client(), TOMORROW + timedelta(days=1)
    hold = make_hold(client=client, starts_at=day_after)
    [appointment] = make_appointments(make_provider(), starts_at=day_after)
    who = caller(client)
    with refused(ClientBusy, field="appointment_id"):
        reserve(caller=who, appointment_id=appointment.pk, now=hold.expires_at - MICROSECOND)
    assert reserve(caller=who, appointment_id=appointment.pk, now=hold.expires_at).status == Status.PENDING


@pytest.mark.parametrize("end", [complete, mark_no_show])
def test_a_client_is_busy_until_the_end_of_a_reservation_that_was_completed_early(
    end: Callable[..., Reservation], settings: Settings
) -> None:
    """It is possible only without a lead time, and `verify_reservations` reports such an overlap as a violation."""
    settings.RESERVATION_POLICY = Policy(lead_time=timedelta(0))
    client, service = make_client(), make_service(duration_minutes=45)
    booking = make_booking(client=client, service=service)
    end(caller=staff(), reservation_id=booking.pk, now=TOMORROW)
    [appointment] = make_appointments(make_provider(), starts_at=TOMORROW + minutes(15))
    who = caller(client)
    with refused(ClientBusy, field="appointment_id"):
        reserve(caller=who, appointment_id=appointment.pk, now=TOMORROW)


def test_a_taken_appointment_is_reported_before_a_busy_client() -> None:
    client, rival = make_client(), make_hold()
    make_booking(client=client)
    who = caller(client)
    with refused(AppointmentTaken, field="appointment_id"):
        reserve(caller=who, appointment_id=rival.appointments.get().pk, now=NOW)
