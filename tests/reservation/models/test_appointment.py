"""Appointments: what their queries find, and what they write."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from reservation.domain.lease import lease
from reservation.models import Appointment
from reservation.policy import BOOKED_UNTIL, OPEN_SINCE, Policy
from tests.factories import NOW, TOMORROW, make_appointments, make_booking, make_hold, make_provider, minutes
from tests.rows import leases

pytestmark = pytest.mark.django_db

UNTIL = NOW + minutes(30)


def test_free_at_and_is_free_at_agree_at_every_instant() -> None:
    [opened] = make_appointments(make_provider())
    held, booked = make_hold().appointments.get(), make_booking().appointments.get()
    for now, expected in (
        (NOW, {opened}),
        (UNTIL - timedelta(microseconds=1), {opened}),
        (UNTIL, {opened, held}),
        (TOMORROW, {opened, held}),
    ):
        assert set(Appointment.objects.free_at(now)) == expected
        assert {one for one in (opened, held, booked) if one.is_free_at(now)} == expected


def test_an_appointment_is_free_held_or_booked_for_statements_and_for_instances_alike() -> None:
    [opened] = make_appointments(make_provider())
    held, booked = make_hold().appointments.get(), make_booking().appointments.get()
    assert set(Appointment.objects.booked()) == {booked}
    for now, expected in ((UNTIL - timedelta(microseconds=1), {held}), (UNTIL, set())):
        assert set(Appointment.objects.held_at(now)) == expected
        assert {one for one in (opened, held, booked) if one.is_held_at(now)} == expected
        assert set(Appointment.objects.taken_at(now)) == {*expected, booked}
        assert set(Appointment.objects.whether_booked_or_not().taken_at(now)) == {*expected, booked}


def test_open_at_and_is_open_at_agree_at_every_instant() -> None:
    [opened, idle] = [*make_appointments(make_provider()), *make_appointments(make_provider(is_active=False))]
    hold = make_hold()
    held, booked = hold.appointments.get(), make_booking().appointments.get()
    for now, expected in (
        (NOW, {opened}),
        (NOW + timedelta(microseconds=1), set()),
        (TOMORROW, set()),
    ):
        assert set(Appointment.objects.open_at(now)) == expected
        assert set(Appointment.objects.open_at(now, earliest_start=TOMORROW)) >= expected
        every = (opened, idle, held, booked)
        assert {one for one in every if one.is_open_at(now, provider=one.provider)} == expected
    assert held.is_open_at(NOW, provider=hold.provider, own=hold.pk)
    assert not held.is_open_at(NOW, provider=hold.provider, own=hold.pk + 1)
    assert not booked.is_open_at(NOW, provider=booked.provider, own=hold.pk)


def test_starting_in_is_half_open_and_each_side_may_be_left_open() -> None:
    one, two, three = make_appointments(make_provider(), number=3)
    calendar = Appointment.objects.order_by("starts_at")
    assert list(calendar.starting_in(one.starts_at, three.starts_at)) == [one, two]
    assert list(calendar.starting_in(two.starts_at, None)) == [two, three]
    assert list(calendar.starting_in(None, two.starts_at)) == [one]
    assert list(calendar.starting_in(None, None)) == [one, two, three]


def test_lease_and_release_set_all_columns_of_the_lease() -> None:
    hold = make_hold()
    make_appointments(hold.provider, starts_at=TOMORROW + minutes(15))
    assert Appointment.objects.all().update(**lease(hold.pk, until=BOOKED_UNTIL, is_booked=True)) == 2
    assert leases(hold.provider) == [(hold.pk, BOOKED_UNTIL, True)] * 2
    assert Appointment.objects.all().update(**lease(hold.pk, until=UNTIL, is_booked=False)) == 2
    assert leases(hold.provider) == [(hold.pk, UNTIL, False)] * 2
    assert Appointment.objects.of_reservations([hold.pk]).release() == 2
    assert leases(hold.provider) == [(None, OPEN_SINCE, False)] * 2
    assert Appointment.objects.of_reservations([hold.pk]).release() == 0


def test_an_update_counts_matched_rows_though_it_did_not_change_them() -> None:
    """MySQL counts only changed rows unless the connection sets CLIENT_FOUND_ROWS; acquiring a lease relies on it."""
    make_appointments(make_provider(), number=3)
    assert [Appointment.objects.all().release() for _ in range(2)] == [3, 3]


def test_an_appointment_ends_after_the_length_in_the_settings(settings: Settings) -> None:
    [appointment] = make_appointments(make_provider())
    assert appointment.ends_at == TOMORROW + minutes(15)
    settings.RESERVATION_POLICY = Policy(appointment_length=minutes(30))
    assert appointment.ends_at == TOMORROW + minutes(30)


def test_the_text_of_an_appointment_reservation_and_event_has_no_time() -> None:
    """It would be in UTC, beside times in the zone of the reader."""
    hold = make_hold()
    slot = hold.appointments.get()
    assert (str(slot), str(hold)) == (f"Appointment {slot.pk}", f"Reservation {hold.pk}")
    assert str(hold.events.get()) == f"HELD of reservation {hold.pk}"
