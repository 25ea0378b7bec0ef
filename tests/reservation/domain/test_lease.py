"""One conditional UPDATE decides which reservation acquires an appointment, whatever was read before it."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from reservation.domain.errors import AppointmentTaken, DomainError, InvalidInput, NotFound, TooSoon
from reservation.domain.lease import Run, acquire, check_offers, find_run, serialise_client
from reservation.domain.reservation import reschedule, reserve
from reservation.models import Appointment, Client, Provider, Reservation
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
)
from tests.rows import history, leases, refused

pytestmark = pytest.mark.django_db

UNTIL = NOW + minutes(30)
MICROSECOND = timedelta(microseconds=1)


def claim(run: Run) -> Reservation:
    """The row that `reserve` writes before it acquires the run."""
    return Reservation.objects.create(
        client=make_client(),
        provider=run.provider,
        starts_at=run.starts_at,
        ends_at=run.ends_at,
        status=Status.PENDING,
        expires_at=UNTIL,
        created_at=NOW,
    )


def test_acquire_refuses_an_appointment_that_was_acquired_after_it_was_read() -> None:
    [appointment] = make_appointments(make_provider())
    runs = [find_run(appointment_id=appointment.pk, length=1, now=NOW) for _ in range(2)]
    first, second = (claim(run) for run in runs)
    acquire(runs[0], reservation=first, until=UNTIL, now=NOW)
    with refused(AppointmentTaken, field="appointment_id"), transaction.atomic():
        acquire(runs[1], reservation=second, until=UNTIL, now=NOW)
    assert leases(appointment.provider) == [(first.pk, UNTIL, False)]


def test_acquire_refuses_an_appointment_that_was_withdrawn_after_it_was_read() -> None:
    [appointment] = make_appointments(make_provider())
    run = find_run(appointment_id=appointment.pk, length=1, now=NOW)
    reservation = claim(run)
    Appointment.objects.all().delete()
    with refused(AppointmentTaken, field="appointment_id"), transaction.atomic():
        acquire(run, reservation=reservation, until=UNTIL, now=NOW)


def test_acquire_refuses_an_appointment_that_another_held_and_let_lapse_since_it_was_read() -> None:
    [appointment] = make_appointments(make_provider(), starts_at=TOMORROW + timedelta(days=1))
    runs = [find_run(appointment_id=appointment.pk, length=1, now=NOW) for _ in range(2)]
    first, second = (claim(run) for run in runs)
    acquire(runs[0], reservation=first, until=UNTIL, now=NOW)
    with refused(AppointmentTaken, field="appointment_id"), transaction.atomic():
        acquire(runs[1], reservation=second, until=UNTIL + minutes(30), now=UNTIL)
    run = find_run(appointment_id=appointment.pk, length=1, now=UNTIL)
    acquire(run, reservation=second, until=UNTIL + minutes(30), now=UNTIL)
    first.refresh_from_db()
    assert first.status == Status.EXPIRED


@pytest.mark.parametrize("taken", [0, 1, 2])
def test_acquire_is_all_or_nothing(taken: int) -> None:
    appointments = make_appointments(make_provider(), number=3)
    runs = [Run(tuple(appointments)), Run((appointments[taken],))]
    acquire(runs[1], reservation=claim(runs[1]), until=UNTIL, now=NOW)
    reservation = claim(runs[0])
    with refused(AppointmentTaken, field="appointment_id"), transaction.atomic():
        acquire(runs[0], reservation=reservation, until=UNTIL, now=NOW)


def test_acquire_of_an_open_run_is_one_update_and_no_read() -> None:
    run = Run(tuple(make_appointments(make_provider(), number=3)))
    reservation = claim(run)
    with CaptureQueriesContext(connection) as statements:
        acquire(run, reservation=reservation, until=UNTIL, now=NOW)
    [update] = [statement["sql"] for statement in statements]
    assert update.startswith("UPDATE")
    assert leases(run.appointments[0].provider) == [(reservation.pk, UNTIL, False)] * 3


def test_acquire_expires_a_lapsed_hold_and_opens_the_rest_of_its_run() -> None:
    hold = make_hold(service=make_service(duration_minutes=45))
    middle = hold.appointments.get(starts_at=TOMORROW + minutes(15))
    now = hold.expires_at
    run = Run((middle,))
    reservation = claim(run)
    with refused(AppointmentTaken, field="appointment_id"), transaction.atomic():
        acquire(run, reservation=reservation, until=now + minutes(30), now=now - MICROSECOND)
    acquire(run, reservation=reservation, until=now + minutes(30), now=now)
    assert leases(hold.provider) == [
        (None, OPEN_SINCE, False),
        (reservation.pk, now + minutes(30), False),
        (None, OPEN_SINCE, False),
    ]
    assert history(hold) == [("HELD", hold.client.user_id, NOW), ("EXPIRED", None, now)]
    hold.refresh_from_db()
    assert (hold.status, hold.expires_at) == (Status.EXPIRED, None)


def test_acquire_expires_two_lapsed_holds() -> None:
    provider = make_provider()
    holds = [make_hold(provider=provider, starts_at=TOMORROW + minutes(15 * place)) for place in range(2)]
    run = Run(tuple(Appointment.objects.order_by("starts_at")))
    acquire(run, reservation=claim(run), until=UNTIL + minutes(30), now=UNTIL)
    for hold in holds:
        hold.refresh_from_db()
        assert hold.status == Status.EXPIRED


def test_acquire_never_acquires_a_booked_appointment_however_late() -> None:
    booking = make_booking()
    run = Run(tuple(booking.appointments.all()))
    reservation = claim(run)
    for now in (NOW, BOOKED_UNTIL + timedelta(days=1)):
        with refused(AppointmentTaken, field="appointment_id"), transaction.atomic():
            acquire(run, reservation=reservation, until=now + minutes(30), now=now)


def find_first_of(provider: Provider, *, length: int) -> Run:
    first = provider.appointments.order_by("starts_at")[0]
    return find_run(appointment_id=first.pk, length=length, now=NOW)


def test_find_run_returns_consecutive_appointments_in_order() -> None:
    provider = make_provider()
    appointments = make_appointments(provider, number=4)
    run = find_first_of(provider, length=3)
    assert run.appointments == tuple(appointments[:3])
    assert run.ids == [appointment.pk for appointment in appointments[:3]]
    assert (run.provider.pk, run.starts_at, run.ends_at) == (provider.pk, TOMORROW, TOMORROW + minutes(45))


def test_find_run_refuses_a_calendar_that_ends_too_early_or_has_a_gap() -> None:
    provider, other = make_provider(), make_provider()
    make_appointments(provider, number=2)
    make_appointments(other, number=4)
    with refused(AppointmentTaken, field="appointment_id"):
        find_first_of(provider, length=3)
    make_appointments(provider, starts_at=TOMORROW + minutes(45))
    with refused(AppointmentTaken, field="appointment_id"):
        find_first_of(provider, length=3)


@pytest.mark.parametrize(
    ("error", "field", "given"),
    [
        (TooSoon, "appointment_id", {"now": NOW + MICROSECOND}),
        (NotFound, "appointment_id", {"appointment_id": 0}),
        (NotFound, "appointment_id", {"appointment_id": 2**63 - 1}),
    ],
)
def test_find_run_refuses(error: type[DomainError], field: str, given: dict[str, object]) -> None:
    [appointment] = make_appointments(make_provider())
    arguments = {"appointment_id": appointment.pk, "length": 1, "now": NOW, **given}
    with refused(error, field=field):
        find_run(**arguments)  # type: ignore[arg-type]


def test_check_offers_refuses_a_service_that_is_not_offered_or_no_longer_active() -> None:
    offered, inactive = make_service(), make_service(is_active=False)
    provider = make_provider(services=(offered, inactive))
    for service in (make_service(), inactive):
        with refused(InvalidInput, field="service_id"):
            check_offers(provider, service, field="service_id")
    check_offers(provider, offered, field="service_id")


def test_find_run_refuses_an_inactive_provider() -> None:
    [appointment] = make_appointments(make_provider(is_active=False))
    with refused(AppointmentTaken, field="appointment_id"):
        find_run(appointment_id=appointment.pk, length=1, now=NOW)


def test_serialise_client_writes_the_client_and_refuses_an_unknown_one() -> None:
    client = make_client()
    serialise_client(client.pk)
    serialise_client(client.pk)
    assert Client.objects.get(pk=client.pk).claim_count == 2
    with refused(NotFound, field="client_id"):
        serialise_client(client.pk + 1)


def writes(statements: CaptureQueriesContext) -> list[str]:
    """The written tables in order, each with the verb of its statement."""
    parts = (statement["sql"].replace("`", '"').split('"') for statement in statements)
    return [
        f"{verb.split()[0]} {table}"
        for verb, table, *_ in parts
        if not verb.startswith(("SELECT", "SAVEPOINT", "RELEASE"))
    ]


def test_a_claim_is_serialised_on_its_client_before_any_other_write() -> None:
    client, [first, second] = make_client(), make_appointments(make_provider(), number=2)
    with CaptureQueriesContext(connection) as statements:
        hold = reserve(caller=caller(client), appointment_id=first.pk, now=NOW)
    assert writes(statements) == [
        "UPDATE reservation_client",
        "INSERT reservation_reservation",
        "UPDATE reservation_appointment",
        "INSERT reservation_reservationevent",
    ]
    with CaptureQueriesContext(connection) as statements:
        reschedule(caller=caller(client), reservation_id=hold.pk, appointment_id=second.pk, now=NOW)
    assert writes(statements) == [
        "UPDATE reservation_client",
        "UPDATE reservation_appointment",
        "UPDATE reservation_appointment",
        "UPDATE reservation_reservation",
        "INSERT reservation_reservationevent",
    ]
    client.refresh_from_db()
    assert client.claim_count == 2
