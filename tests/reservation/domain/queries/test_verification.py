"""Each invariant finds the rows that violate it, and no command violates one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reservation.domain.appointment import withdraw
from reservation.domain.expiry import expire_lapsed
from reservation.domain.queries.verification import find_violations
from reservation.domain.reservation import cancel, complete, mark_no_show, reschedule, reserve
from reservation.models import Appointment, EventKind, Reservation, ReservationEvent
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

pytestmark = pytest.mark.django_db

GRID = "An appointment starts on the grid"
OPEN = "An appointment without a lease is open, and no other one is"
BOOKED = "What is booked is booked for good"
CALENDAR = "A leased appointment is on its reservation's calendar"
WITHIN = "A leased appointment lies within its reservation"
BOOKING = "A booked appointment belongs to a booking"
HELD = "A held appointment is free again when its hold lapses"
ONE_PLACE = "A client is in one place at a time"
RUN = "A reservation holds exactly its run of appointments"
HISTORY = "The last event has a reservation's status"


@contextmanager
def without_checks() -> Iterator[None]:
    """Accepts rows that violate a CHECK constraint until the block ends."""
    if connection.vendor == "sqlite":
        off, on = "PRAGMA ignore_check_constraints = ON", "PRAGMA ignore_check_constraints = OFF"
    elif connection.vendor == "mysql" and connection.mysql_is_mariadb:
        off, on = "SET check_constraint_checks = 0", "SET check_constraint_checks = 1"
    else:
        pytest.skip("this database has no switch for its CHECK constraints")
    with connection.cursor() as cursor:
        cursor.execute(off)
        try:
            yield
        finally:
            cursor.execute(on)


def violated() -> dict[str, list[int]]:
    """The violated invariants, and the keys of the rows that violate them."""
    return {violation.invariant: sorted(violation.ids) for violation in find_violations()}


def test_no_command_breaks_an_invariant() -> None:
    service, boss = make_service(duration_minutes=45), staff()
    taken_over = make_hold(service=service, now=NOW - minutes(30))
    reserve(caller=caller(make_client()), appointment_id=taken_over.appointments.earliest("pk").pk, now=NOW)
    withdrawn = make_hold(service=service, now=NOW - minutes(30))
    withdraw(
        caller=boss,
        provider_id=withdrawn.provider_id,
        starts_at=withdrawn.starts_at,
        ends_at=withdrawn.starts_at + minutes(15),
        now=NOW,
    )
    make_hold(service=service, now=NOW - minutes(40))
    expire_lapsed(now=NOW - minutes(10))
    make_hold(now=NOW - minutes(30))
    make_hold()
    moved = make_booking(service=service)
    make_appointments(moved.provider, starts_at=moved.ends_at, number=1)
    second = moved.appointments.get(starts_at=TOMORROW + minutes(15))
    reschedule(caller=boss, reservation_id=moved.pk, appointment_id=second.pk, now=NOW)
    cancel(caller=boss, reservation_id=make_booking().pk, now=NOW)
    complete(caller=boss, reservation_id=make_booking().pk, now=TOMORROW)
    mark_no_show(caller=boss, reservation_id=make_booking().pk, now=TOMORROW)
    assert set(Reservation.objects.values_list("status", flat=True)) == set(Status)
    assert violated() == {}


# --- Appointments --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shift", [minutes(5), timedelta(seconds=1), timedelta(microseconds=1)])
def test_an_appointment_off_the_grid_is_found(shift: timedelta) -> None:
    first, _ = make_appointments(make_provider(), number=2)
    Appointment.objects.filter(pk=first.pk).update(starts_at=first.starts_at + shift)
    assert violated() == {GRID: [first.pk]}


@pytest.mark.parametrize(
    ("lease", "found"),
    [
        ({"available_at": NOW}, [OPEN]),
        ({"is_booked": True}, [OPEN, BOOKED]),
        ({"available_at": BOOKED_UNTIL, "is_booked": True}, [OPEN]),
    ],
    ids=["held", "half booked", "booked"],
)
def test_an_appointment_without_a_reservation_that_is_not_open_is_found(
    lease: dict[str, object], found: list[str]
) -> None:
    first, _ = make_appointments(make_provider(), number=2)
    with without_checks():
        Appointment.objects.filter(pk=first.pk).update(**lease)
    assert violated() == {invariant: [first.pk] for invariant in found}


def test_an_appointment_with_a_reservation_that_is_open_is_found() -> None:
    appointment = make_hold().appointments.get()
    with without_checks():
        Appointment.objects.update(available_at=OPEN_SINCE)
    assert violated() == {OPEN: [appointment.pk], HELD: [appointment.pk]}


def test_a_booked_appointment_that_will_be_free_again_is_found() -> None:
    appointment = make_booking().appointments.get()
    with without_checks():
        Appointment.objects.update(available_at=TOMORROW)
    assert violated() == {BOOKED: [appointment.pk]}


def test_an_appointment_that_is_only_half_booked_is_found() -> None:
    appointment = make_booking().appointments.get()
    with without_checks():
        Appointment.objects.update(is_booked=False)
    assert violated() == {BOOKED: [appointment.pk], HELD: [appointment.pk]}


def test_an_appointment_on_another_calendar_than_its_reservation_is_found() -> None:
    appointment = make_booking().appointments.get()
    Appointment.objects.update(provider=make_provider())
    assert violated() == {CALENDAR: [appointment.pk]}


@pytest.mark.parametrize("shift", [-15, 15, 60])
def test_an_appointment_outside_its_reservation_is_found(shift: int) -> None:
    appointment = make_booking().appointments.get()
    Appointment.objects.update(starts_at=appointment.starts_at + minutes(shift))
    assert violated() == {WITHIN: [appointment.pk]}


def test_a_booked_appointment_without_a_booking_is_found() -> None:
    booking = make_booking()
    ReservationEvent.objects.filter(kind=EventKind.CONFIRMED).delete()
    Reservation.objects.update(status=Status.PENDING, expires_at=NOW + minutes(30))
    assert violated() == {BOOKING: [booking.appointments.get().pk]}


@pytest.mark.parametrize("shift", [minutes(1), -minutes(1), timedelta(microseconds=1)])
def test_a_held_appointment_that_lapses_at_another_time_than_its_hold_is_found(shift: timedelta) -> None:
    hold = make_hold()
    Appointment.objects.update(available_at=hold.expires_at + shift)
    assert violated() == {HELD: [hold.appointments.get().pk]}


def test_a_booking_whose_appointment_is_only_held_is_found() -> None:
    booking = make_booking()
    Appointment.objects.update(available_at=NOW + minutes(30), is_booked=False)
    assert violated() == {HELD: [booking.appointments.get().pk]}


# --- Reservations --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [None, complete, mark_no_show])
@pytest.mark.parametrize("starts", [-30, 0, 30])
def test_a_client_in_two_places_is_found(end: Callable[..., Reservation] | None, starts: int) -> None:
    service = make_service(duration_minutes=45)
    one = make_booking(service=service, starts_at=TOMORROW + minutes(60))
    other = make_booking(service=service, starts_at=TOMORROW + minutes(60 + starts))
    if end is not None:
        end(caller=staff(), reservation_id=other.pk, now=TOMORROW + minutes(120))
    Reservation.objects.filter(pk=other.pk).update(client_id=one.client_id)
    assert violated() == {ONE_PLACE: [one.pk, other.pk]}


@pytest.mark.parametrize("make", [make_hold, make_booking])
def test_a_hold_in_the_way_is_found_too(make: Callable[..., Reservation]) -> None:
    hold, other = make_hold(), make()
    Reservation.objects.filter(pk=other.pk).update(client_id=hold.client_id)
    assert violated() == {ONE_PLACE: [hold.pk, other.pk]}


def test_a_client_whose_times_touch_is_in_one_place() -> None:
    client = make_client()
    for place in range(3):
        make_booking(client=client, starts_at=TOMORROW + minutes(15 * place))
    assert violated() == {}


@pytest.mark.parametrize("make", [make_hold, make_booking])
def test_a_reservation_without_a_part_of_its_run_is_found(make: Callable[..., Reservation]) -> None:
    reservation = make(service=make_service(duration_minutes=45))
    middle = Appointment.objects.filter(starts_at=TOMORROW + minutes(15))
    middle.update(reservation=None, available_at=OPEN_SINCE, is_booked=False)
    assert violated() == {RUN: [reservation.pk]}
    middle.delete()
    assert violated() == {RUN: [reservation.pk]}


def test_a_reservation_that_ended_but_still_has_appointments_is_found() -> None:
    booking = make_booking()
    Reservation.objects.update(status=Status.CANCELLED, cancelled_at=NOW)
    [appointment] = booking.appointments.all()
    assert violated() == {BOOKING: [appointment.pk], RUN: [booking.pk], HISTORY: [booking.pk]}


def test_a_reservation_with_more_than_its_run_is_found() -> None:
    booking = make_booking(service=make_service(duration_minutes=30))
    Reservation.objects.update(ends_at=booking.ends_at - minutes(15))
    last = booking.appointments.latest("starts_at")
    assert violated() == {WITHIN: [last.pk], RUN: [booking.pk]}


@pytest.mark.parametrize("kind", ["EXPIRED", "CANCELLED", "HELD", "COMPLETED"])
def test_a_history_that_contradicts_its_reservation_is_found(kind: str) -> None:
    booking = make_booking()
    ReservationEvent.objects.create(reservation=booking, kind=kind, occurred_at=NOW, after={})
    assert violated() == {HISTORY: [booking.pk]}


def test_a_reservation_without_a_history_is_found() -> None:
    hold, _ = make_hold(), make_hold()
    ReservationEvent.objects.filter(reservation=hold).delete()
    assert violated() == {HISTORY: [hold.pk]}


# --- The report ----------------------------------------------------------------------------------------------------


def test_a_violation_names_twenty_rows_at_most() -> None:
    appointments = make_appointments(make_provider(), number=25)
    for appointment in appointments:
        Appointment.objects.filter(pk=appointment.pk).update(starts_at=appointment.starts_at + minutes(1))
    [violation] = find_violations()
    keys = {appointment.pk for appointment in appointments}
    assert (len(violation.ids), set(violation.ids) <= keys) == (20, True)
    assert str(violation) == f"{GRID}: appointment {', '.join(map(str, violation.ids))}"


def test_verification_costs_the_same_number_of_statements_for_one_and_for_many() -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert list(find_violations()) == []
        return len(captured)

    make_hold()
    few = statements()
    for _ in range(10):
        make_booking()
    assert (few, statements()) == (10, 10)
