"""Withdrawing open appointments from a provider's calendar."""

from datetime import timedelta

import pytest

from reservation.domain.appointment import withdraw
from reservation.domain.caller import ANONYMOUS
from reservation.domain.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from reservation.domain.queries.verification import find_violations
from reservation.models import Appointment
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
from tests.rows import history, last_change, leases, refused, remembered

pytestmark = pytest.mark.django_db


def test_withdraw_deletes_the_open_slots_of_the_half_open_interval() -> None:
    provider, other = make_provider(), make_provider()
    first, _, _, last = make_appointments(provider, number=4)
    [elsewhere] = make_appointments(other, starts_at=TOMORROW + minutes(15))
    withdrawn = withdraw(
        caller=caller(provider),
        provider_id=provider.pk,
        starts_at=TOMORROW + minutes(15),
        ends_at=TOMORROW + minutes(45),
        now=NOW,
    )
    assert withdrawn == 2
    assert set(Appointment.objects.all()) == {first, last, elsewhere}


def test_withdraw_keeps_what_is_held_and_booked() -> None:
    provider = make_provider()
    make_appointments(provider)
    hold = make_hold(provider=provider, starts_at=TOMORROW + minutes(15))
    booking = make_booking(provider=provider, starts_at=TOMORROW + minutes(30))
    arguments = {"provider_id": provider.pk, "starts_at": TOMORROW, "ends_at": TOMORROW + minutes(45)}
    just_before = hold.expires_at - timedelta(microseconds=1)
    assert withdraw(caller=caller(provider), **arguments, now=just_before) == 1
    assert leases(provider) == [(hold.pk, hold.expires_at, False), (booking.pk, BOOKED_UNTIL, True)]
    hold.refresh_from_db()
    assert hold.status == Status.PENDING


def test_withdraw_twice_is_harmless() -> None:
    provider = make_provider()
    make_appointments(provider, number=2)
    arguments = {"provider_id": provider.pk, "starts_at": TOMORROW, "ends_at": TOMORROW + minutes(30), "now": NOW}
    assert [withdraw(caller=caller(provider), **arguments) for _ in range(2)] == [2, 0]


def test_withdraw_deletes_the_appointments_of_a_lapsed_hold_and_expires_it() -> None:
    hold = make_hold()
    pending = remembered(hold, "PENDING")
    withdrawn = withdraw(
        caller=staff(),
        provider_id=hold.provider_id,
        starts_at=hold.starts_at,
        ends_at=hold.ends_at,
        now=hold.expires_at,
    )
    assert withdrawn == 1
    assert leases(hold.provider) == []
    assert history(hold) == [
        ("HELD", hold.client.user_id, NOW),
        ("EXPIRED", None, hold.expires_at),
    ]
    assert last_change(hold) == (pending, remembered(hold, "EXPIRED"))
    hold.refresh_from_db()
    assert (hold.status, hold.expires_at) == (Status.EXPIRED, None)


def test_withdraw_of_a_part_of_a_lapsed_run_opens_the_rest_of_it() -> None:
    hold = make_hold(service=make_service(duration_minutes=45))
    withdrawn = withdraw(
        caller=staff(),
        provider_id=hold.provider_id,
        starts_at=TOMORROW + minutes(15),
        ends_at=TOMORROW + minutes(30),
        now=hold.expires_at,
    )
    assert withdrawn == 1
    assert leases(hold.provider) == [(None, OPEN_SINCE, False)] * 2
    assert list(find_violations()) == []


def test_withdraw_does_not_change_a_lapsed_hold_outside_the_interval() -> None:
    provider = make_provider()
    hold = make_hold(provider=provider, starts_at=TOMORROW + minutes(15))
    make_appointments(provider)
    withdraw(
        caller=staff(),
        provider_id=provider.pk,
        starts_at=TOMORROW,
        ends_at=TOMORROW + minutes(15),
        now=hold.expires_at,
    )
    assert leases(provider) == [(hold.pk, hold.expires_at, False)]
    hold.refresh_from_db()
    assert hold.status == Status.PENDING


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [
        (minutes(7), minutes(15), "starts_at"),
        (minutes(0), minutes(7), "ends_at"),
        (minutes(0), minutes(0), "ends_at"),
        (minutes(15), minutes(0), "ends_at"),
        (minutes(-15), minutes(15), "starts_at"),
        (minutes(0), timedelta(days=62, minutes=15), "ends_at"),
    ],
    ids=["off grid", "ends off grid", "empty", "reversed", "past", "long"],
)
def test_withdraw_refuses_an_invalid_or_past_interval(starts: timedelta, ends: timedelta, field: str) -> None:
    provider = make_provider()
    make_appointments(provider, starts_at=NOW - minutes(15), number=4)
    who = caller(provider)
    with refused(InvalidInput, field=field):
        withdraw(caller=who, provider_id=provider.pk, starts_at=NOW + starts, ends_at=NOW + ends, now=NOW)


def test_only_the_provider_and_staff_may_withdraw() -> None:
    provider = make_provider()
    make_appointments(provider)
    arguments = {"provider_id": provider.pk, "starts_at": TOMORROW, "ends_at": TOMORROW + minutes(15), "now": NOW}
    for stranger in (caller(make_provider()), caller(make_client())):
        with refused(Forbidden, field="provider_id"):
            withdraw(caller=stranger, **arguments)
    with refused(Unauthenticated, field=None):
        withdraw(caller=ANONYMOUS, **arguments)
    assert withdraw(caller=staff(), **arguments) == 1


def test_withdraw_refuses_an_unknown_provider() -> None:
    who = staff()
    with refused(NotFound, field="provider_id"):
        withdraw(caller=who, provider_id=0, starts_at=TOMORROW, ends_at=TOMORROW + minutes(15), now=NOW)
