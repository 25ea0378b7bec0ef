"""Offering appointments on a provider's calendar."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from reservation.domain.appointment import appointments_between, offer
from reservation.domain.caller import ANONYMOUS
from reservation.domain.errors import Forbidden, InvalidInput, NotFound, TooFarAhead, Unauthenticated
from reservation.models import Appointment
from reservation.policy import OPEN_SINCE, Policy
from tests.factories import (
    NOW,
    TOMORROW,
    caller,
    make_appointments,
    make_client,
    make_hold,
    make_provider,
    minutes,
    staff,
)
from tests.rows import all_rows, leases, refused

pytestmark = pytest.mark.django_db

MICROSECOND = timedelta(microseconds=1)


def test_offer_puts_every_slot_of_the_half_open_interval_on_the_calendar() -> None:
    provider = make_provider()
    offered = offer(
        caller=caller(provider),
        provider_id=provider.pk,
        starts_at=TOMORROW,
        ends_at=TOMORROW + minutes(45),
        now=NOW,
    )
    assert offered == 3
    assert list(Appointment.objects.order_by("starts_at").values_list("provider_id", "starts_at")) == [
        (provider.pk, TOMORROW),
        (provider.pk, TOMORROW + minutes(15)),
        (provider.pk, TOMORROW + minutes(30)),
    ]
    assert leases(provider) == [(None, OPEN_SINCE, False)] * 3


def test_offer_twice_is_harmless() -> None:
    provider = make_provider()
    arguments = {"caller": caller(provider), "provider_id": provider.pk, "starts_at": TOMORROW, "now": NOW}
    assert offer(**arguments, ends_at=TOMORROW + minutes(30)) == 2
    before = all_rows()
    assert offer(**arguments, ends_at=TOMORROW + minutes(30)) == 0
    assert all_rows() == before
    assert offer(**arguments, ends_at=TOMORROW + minutes(60)) == 2
    assert Appointment.objects.count() == 4


def test_offer_does_not_change_a_held_appointment() -> None:
    hold = make_hold()
    held = leases(hold.provider)
    offered = offer(
        caller=staff(),
        provider_id=hold.provider_id,
        starts_at=hold.starts_at,
        ends_at=hold.ends_at + minutes(15),
        now=NOW,
    )
    assert offered == 1
    assert leases(hold.provider) == [*held, (None, OPEN_SINCE, False)]


def test_offer_accepts_instants_at_any_offset() -> None:
    provider = make_provider()
    kathmandu = timezone(timedelta(hours=5, minutes=45))
    starts_at = datetime(2030, 1, 2, 18, 0, tzinfo=kathmandu)
    offer(
        caller=caller(provider),
        provider_id=provider.pk,
        starts_at=starts_at,
        ends_at=starts_at + minutes(15),
        now=NOW,
    )
    assert Appointment.objects.get().starts_at == datetime(2030, 1, 2, 12, 15, tzinfo=UTC)


def test_the_same_time_may_be_on_two_calendars() -> None:
    for provider in (make_provider(), make_provider()):
        offered = offer(
            caller=caller(provider),
            provider_id=provider.pk,
            starts_at=TOMORROW,
            ends_at=TOMORROW + minutes(15),
            now=NOW,
        )
        assert offered == 1


def test_offer_accepts_an_interval_that_starts_now_and_one_of_62_days() -> None:
    provider = make_provider()
    offered = offer(
        caller=caller(provider), provider_id=provider.pk, starts_at=NOW, ends_at=NOW + timedelta(days=62), now=NOW
    )
    assert offered == 62 * 24 * 4


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [
        (minutes(1), minutes(15), "starts_at"),
        (MICROSECOND, minutes(15), "starts_at"),
        (minutes(0), minutes(20), "ends_at"),
        (minutes(0), minutes(15) - MICROSECOND, "ends_at"),
        (minutes(0), minutes(0), "ends_at"),
        (minutes(15), minutes(0), "ends_at"),
        (minutes(-15), minutes(15), "starts_at"),
        (minutes(0), timedelta(days=62, minutes=15), "ends_at"),
    ],
    ids=["off grid", "barely off grid", "ends off grid", "ends barely off grid", "empty", "reversed", "past", "long"],
)
def test_offer_refuses_an_invalid_or_past_interval(starts: timedelta, ends: timedelta, field: str) -> None:
    provider = make_provider()
    who = caller(provider)
    with refused(InvalidInput, field=field):
        offer(caller=who, provider_id=provider.pk, starts_at=NOW + starts, ends_at=NOW + ends, now=NOW)


def test_offer_refuses_time_beyond_the_horizon() -> None:
    provider = make_provider()
    arguments = {"caller": caller(provider), "provider_id": provider.pk, "now": NOW}
    last = NOW + timedelta(days=1826)
    assert offer(**arguments, starts_at=last - minutes(15), ends_at=last) == 1
    last_day = datetime(9999, 12, 31, 22, tzinfo=UTC)
    for starts_at, ends_at in ((last - minutes(15), last + minutes(15)), (last_day, last_day + minutes(60))):
        with refused(TooFarAhead, field="ends_at"):
            offer(**arguments, starts_at=starts_at, ends_at=ends_at)
    assert Appointment.objects.count() == 1


def test_the_horizon_is_a_number_of_the_policy(settings: Settings) -> None:
    settings.RESERVATION_POLICY = Policy(offer_horizon=timedelta(days=7))
    provider = make_provider()
    week = NOW + timedelta(days=7)
    with refused(TooFarAhead, field="ends_at"):
        offer(caller=caller(provider), provider_id=provider.pk, starts_at=week, ends_at=week + minutes(15), now=NOW)


def test_offer_refuses_an_interval_that_began_a_microsecond_ago() -> None:
    provider = make_provider()
    who = caller(provider)
    with refused(InvalidInput, field="starts_at"):
        offer(
            caller=who,
            provider_id=provider.pk,
            starts_at=NOW,
            ends_at=NOW + minutes(15),
            now=NOW + MICROSECOND,
        )


def test_only_the_provider_and_staff_may_offer() -> None:
    provider = make_provider()
    arguments = {"provider_id": provider.pk, "starts_at": TOMORROW, "ends_at": TOMORROW + minutes(15), "now": NOW}
    for stranger in (caller(make_provider()), caller(make_client())):
        with refused(Forbidden, field="provider_id"):
            offer(caller=stranger, **arguments)
    with refused(Unauthenticated, field=None):
        offer(caller=ANONYMOUS, **arguments)
    assert offer(caller=staff(), **arguments) == 1


def test_offer_refuses_an_unknown_provider() -> None:
    who = staff()
    for provider_id in (0, 2**63 - 1):
        with refused(NotFound, field="provider_id"):
            offer(caller=who, provider_id=provider_id, starts_at=TOMORROW, ends_at=TOMORROW + minutes(15), now=NOW)


def test_settings_change_the_grid_and_the_longest_interval(settings: Settings) -> None:
    settings.RESERVATION_POLICY = Policy(appointment_length=minutes(20), max_interval=timedelta(hours=2))
    provider = make_provider()
    arguments = {"caller": caller(provider), "provider_id": provider.pk, "starts_at": TOMORROW, "now": NOW}
    with refused(InvalidInput, field="ends_at"):
        offer(**arguments, ends_at=TOMORROW + minutes(30))
    with refused(InvalidInput, field="ends_at"):
        offer(**arguments, ends_at=TOMORROW + minutes(140))
    assert offer(**arguments, ends_at=TOMORROW + minutes(120)) == 6


def test_offer_costs_the_same_number_of_statements_for_a_slot_and_for_two_days() -> None:
    counts = set()
    for ends_at in (TOMORROW + minutes(15), TOMORROW + timedelta(days=2)):
        provider = make_provider()
        with CaptureQueriesContext(connection) as statements:
            offer(caller=caller(provider), provider_id=provider.pk, starts_at=TOMORROW, ends_at=ends_at, now=NOW)
        counts.add(len(statements))
    assert len(counts) == 1


def test_appointments_between_returns_everything_on_the_calendar_in_order() -> None:
    provider = make_provider()
    hold = make_hold(provider=provider, starts_at=TOMORROW + minutes(15))
    [opened] = make_appointments(provider)
    make_appointments(provider, starts_at=TOMORROW + minutes(30))
    make_appointments(make_provider())
    found = appointments_between(provider_id=provider.pk, starts_at=TOMORROW, ends_at=TOMORROW + minutes(30))
    assert list(found) == [opened, *hold.appointments.all()]
