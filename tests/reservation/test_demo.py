"""Demo data: a practice of any size, the same for the same seed and the same day."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from pytest_django import Settings

from reservation import demo
from reservation.demo import PASSWORD, DemoOptions
from reservation.domain.queries.verification import find_violations
from reservation.domain.reservation import reserve
from reservation.models import Appointment, Client, Provider, Reservation, User
from tests.factories import NOW, caller, make_appointments, make_client, make_provider, make_service
from tests.rows import all_rows

pytestmark = pytest.mark.django_db

PRACTICE = DemoOptions(providers=3, days=14, booked=0.5, seed=7, now=NOW)

CHOSEN_BY_THE_DATABASE = {"Appointment", "ReservationEvent", "Provider_services"}
"""Tables whose keys the database assigns, which never repeats a key."""


def load(practice: DemoOptions) -> None:
    demo.load(practice, is_silent=True)


def loaded(practice: DemoOptions) -> dict[str, list[dict[str, Any]]]:
    """The rows that loading adds to an empty database; they are rolled back."""
    with transaction.atomic():
        load(practice)
        rows = all_rows()
        transaction.set_rollback(True)
    for user in rows["User"]:
        del user["password"]  # a random one differs each time
    for table in CHOSEN_BY_THE_DATABASE:
        for row in rows[table]:
            del row["id"]
    return rows


def test_the_same_seed_on_the_same_day_makes_the_same_data() -> None:
    assert loaded(PRACTICE) == loaded(PRACTICE)


def test_another_seed_makes_other_data() -> None:
    first, second = loaded(PRACTICE), loaded(replace(PRACTICE, seed=8))
    assert first["Reservation"] != second["Reservation"]
    assert len(first["Appointment"]) == len(second["Appointment"])


def test_the_first_providers_stay_the_same_when_there_are_more() -> None:
    few, many = loaded(PRACTICE), loaded(replace(PRACTICE, providers=5))
    assert many["Appointment"][: len(few["Appointment"])] == few["Appointment"]
    assert many["Reservation"][: len(few["Reservation"])] == few["Reservation"]


@pytest.mark.parametrize("booked", [0.2, 0.5, 0.8])
def test_the_share_of_booked_time_is_near_the_option(booked: float) -> None:
    load(replace(PRACTICE, providers=10, days=28, booked=booked))
    of_all = Appointment.objects.count()
    assert of_all == 10 * 20 * 32
    assert Appointment.objects.filter(is_booked=True).count() / of_all == pytest.approx(booked, abs=0.05)


@pytest.mark.parametrize("booked", [0, 1])
def test_none_or_all_of_the_time_may_be_booked(booked: float) -> None:
    load(replace(PRACTICE, booked=booked))
    booked_ones = Appointment.objects.filter(is_booked=True).count()
    assert booked_ones == booked * Appointment.objects.count()
    assert (Reservation.objects.count() > 0) is bool(booked)


def test_every_invariant_holds() -> None:
    load(PRACTICE)
    assert Reservation.objects.exists()
    assert list(find_violations()) == []


@pytest.mark.django_db(transaction=True, reset_sequences=True)  # as in a new database
def test_rows_can_be_added_after_loading() -> None:
    """The loader assigns keys itself: the database must continue after them."""
    load(PRACTICE)
    assert [type(row).objects.latest("pk") == row for row in (make_client(), make_service())] == [True, True]
    client = Client.objects.earliest("pk")
    [appointment] = make_appointments(make_provider(), starts_at=NOW + timedelta(days=30))
    reservation = reserve(caller=caller(client), appointment_id=appointment.pk, now=NOW)
    assert reservation.pk > Reservation.objects.exclude(pk=reservation.pk).latest("pk").pk
    assert list(find_violations()) == []


def test_providers_work_on_weekdays_from_9_to_17_by_their_own_clock_through_a_change_of_clocks() -> None:
    """Clocks change in Europe on 31 March 2030; in New York they have changed before."""
    load(replace(PRACTICE, providers=4, days=10, now=datetime(2030, 3, 25, 12, tzinfo=UTC)))
    quarters = [time(hour, minute) for hour in range(9, 17) for minute in (0, 15, 30, 45)]
    for provider in Provider.objects.all():
        zone = ZoneInfo(provider.time_zone)
        days: dict[Any, list[time]] = {}
        for appointment in provider.appointments.order_by("starts_at"):
            local = appointment.starts_at.astimezone(zone)
            days.setdefault(local.date(), []).append(local.time())
        assert [day.isoformat() for day in days] == [
            *(f"2030-03-{day}" for day in range(25, 30)),
            *(f"2030-04-0{day}" for day in range(1, 4)),
        ]
        assert list(days.values()) == [quarters] * 8


@pytest.mark.parametrize("debug", [True, False])
def test_the_demo_accounts_can_log_in_only_in_development(debug: bool, settings: Settings) -> None:
    settings.DEBUG = debug
    load(PRACTICE)
    can_log_in = {user.email for user in User.objects.all() if user.check_password(PASSWORD)}
    accounts = {"staff@example.com", "provider@example.com", "client@example.com"}
    assert can_log_in == (accounts if debug else set())
    assert not any(user.has_usable_password() for user in User.objects.exclude(email__in=can_log_in))
