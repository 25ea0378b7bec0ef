"""Cancelling a reservation."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_django import Settings

from reservation.domain.caller import ANONYMOUS
from reservation.domain.errors import InvalidInput, InvalidTransition, TooLateToCancel, Unauthenticated
from reservation.domain.reservation import cancel, complete, mark_no_show, reserve
from reservation.models import Reservation
from reservation.policy import OPEN_SINCE, Policy, Status
from tests.factories import (
    NOW,
    TOMORROW,
    account,
    caller,
    make_booking,
    make_client,
    make_hold,
    make_service,
    make_user,
    minutes,
    staff,
)
from tests.rows import history, last_change, leases, refused, remembered

pytestmark = pytest.mark.django_db

MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize("make", [make_hold, make_booking])
def test_cancel_opens_the_whole_run(make: Callable[..., Reservation]) -> None:
    reservation = make(service=make_service(duration_minutes=45))
    before, at = Reservation.objects.values().get(), NOW + minutes(5)
    cancelled = cancel(caller=caller(reservation.client), reservation_id=reservation.pk, reason="I am ill.", now=at)
    assert Reservation.objects.values().get() == {
        **before,
        "status": "CANCELLED",
        "expires_at": None,
        "cancelled_at": at,
        "cancel_reason": "I am ill.",
    }
    assert (cancelled.status, cancelled.cancelled_at, cancelled.cancel_reason) == ("CANCELLED", at, "I am ill.")
    assert leases(reservation.provider) == [(None, OPEN_SINCE, False)] * 3


@pytest.mark.parametrize(("make", "status"), [(make_hold, "PENDING"), (make_booking, "CONFIRMED")])
def test_cancel_appends_one_event(make: Callable[..., Reservation], status: str) -> None:
    reservation = make()
    already, at = history(reservation), NOW + minutes(5)
    cancel(caller=caller(reservation.provider), reservation_id=reservation.pk, now=at)
    assert history(reservation) == [*already, ("CANCELLED", reservation.provider.user_id, at)]
    assert last_change(reservation) == (remembered(reservation, status), remembered(reservation, "CANCELLED"))


def test_a_cancelled_appointment_can_be_reserved_again_at_once() -> None:
    booking = make_booking()
    appointment = booking.appointments.get()
    cancel(caller=caller(booking.client), reservation_id=booking.pk, now=NOW)
    again = reserve(caller=caller(booking.client), appointment_id=appointment.pk, now=NOW)
    assert (again.status, again.pk != booking.pk) == (Status.PENDING, True)


def test_cancel_needs_no_reason() -> None:
    booking = make_booking()
    assert cancel(caller=staff(), reservation_id=booking.pk, now=NOW).cancel_reason is None


def test_cancel_accepts_the_longest_reason_and_refuses_a_longer_one() -> None:
    booking, who = make_booking(), staff()
    for reason in ("x" * 2001, "x" * 10_000):
        with refused(InvalidInput, field="reason"):
            cancel(caller=who, reservation_id=booking.pk, reason=reason, now=NOW)
    assert cancel(caller=who, reservation_id=booking.pk, reason="x" * 2000, now=NOW).cancel_reason == "x" * 2000


def test_cancel_twice_is_refused() -> None:
    booking, who = make_booking(), staff()
    cancel(caller=who, reservation_id=booking.pk, reason="first", now=NOW)
    with refused(InvalidTransition, field="reservation_id"):
        cancel(caller=who, reservation_id=booking.pk, reason="second", now=NOW)


@pytest.mark.parametrize("end", [complete, mark_no_show])
def test_cancel_refuses_a_reservation_that_has_ended(end: Callable[..., Reservation]) -> None:
    booking, who = make_booking(), staff()
    end(caller=who, reservation_id=booking.pk, now=TOMORROW)
    with refused(InvalidTransition, field="reservation_id"):
        cancel(caller=who, reservation_id=booking.pk, now=TOMORROW)


def test_cancel_refuses_a_booking_that_has_begun_and_accepts_a_microsecond_before() -> None:
    booking = make_booking()
    for who in (caller(booking.client), caller(booking.provider), staff()):
        with refused(TooLateToCancel, field="reservation_id"):
            cancel(caller=who, reservation_id=booking.pk, now=TOMORROW)
    who = caller(booking.client)
    assert cancel(caller=who, reservation_id=booking.pk, now=TOMORROW - MICROSECOND).status == Status.CANCELLED


def test_the_settings_cancellation_notice_binds_a_client_to_its_booking(settings: Settings) -> None:
    settings.RESERVATION_POLICY = Policy(cancellation_notice=timedelta(hours=2))
    booking = make_booking()
    who, limit = caller(booking.client), TOMORROW - timedelta(hours=2)
    with refused(TooLateToCancel, field="reservation_id"):
        cancel(caller=who, reservation_id=booking.pk, now=limit + MICROSECOND)
    assert cancel(caller=who, reservation_id=booking.pk, now=limit).status == Status.CANCELLED


def test_the_notice_binds_neither_provider_nor_staff_nor_a_hold(settings: Settings) -> None:
    settings.RESERVATION_POLICY = Policy(cancellation_notice=timedelta(days=7))
    by_provider, by_staff, hold = make_booking(), make_booking(), make_hold()
    boss = make_user(is_staff=True, is_superuser=True)
    of_staff = make_booking(client=make_client(user=boss))
    for who, reservation in (
        (caller(by_provider.provider), by_provider),
        (staff(), by_staff),
        (caller(hold.client), hold),
        (account(boss), of_staff),
    ):
        assert cancel(caller=who, reservation_id=reservation.pk, now=NOW).status == Status.CANCELLED


def test_an_anonymous_caller_cannot_cancel() -> None:
    booking = make_booking()
    with refused(Unauthenticated, field=None):
        cancel(caller=ANONYMOUS, reservation_id=booking.pk, now=NOW)
