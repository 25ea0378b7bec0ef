"""The constraints of the database, which refuse what code could get wrong."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError

from reservation.models import Appointment, IdempotencyKey, Reservation, ReservationEvent, Service, User
from reservation.policy import BOOKED_UNTIL, OPEN_SINCE, Status
from tests.factories import (
    NOW,
    TOMORROW,
    make_appointments,
    make_booking,
    make_client,
    make_hold,
    make_provider,
    make_service,
    make_user,
    minutes,
)
from tests.rows import all_rows

pytestmark = pytest.mark.django_db

UNTIL = NOW + minutes(30)


def refuses(rows: models.QuerySet[Any], **fields: Any) -> None:
    """Setting these fields violates a constraint and changes nothing."""
    before = all_rows()
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**fields)
    assert all_rows() == before


def refuses_to_insert(row: models.Model) -> None:
    before = all_rows()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    assert all_rows() == before


# --- Appointment ---------------------------------------------------------------------------------------------------


def test_a_provider_has_one_appointment_at_a_time() -> None:
    provider = make_provider()
    make_appointments(provider)
    refuses_to_insert(Appointment(provider=provider, starts_at=TOMORROW))
    Appointment.objects.create(provider=make_provider(), starts_at=TOMORROW)


@pytest.mark.parametrize(
    ("available_at", "is_booked"),
    [(UNTIL, False), (BOOKED_UNTIL, False), (BOOKED_UNTIL, True), (OPEN_SINCE, True), (UNTIL, True)],
)
def test_an_appointment_without_a_reservation_is_open(available_at: datetime, is_booked: bool) -> None:
    make_appointments(make_provider())
    refuses(Appointment.objects.all(), available_at=available_at, is_booked=is_booked)
    [row] = Appointment.objects.all()
    refuses_to_insert(
        Appointment(
            provider=row.provider, starts_at=TOMORROW + minutes(15), available_at=available_at, is_booked=is_booked
        )
    )


@pytest.mark.parametrize(
    ("available_at", "is_booked"),
    [
        (OPEN_SINCE, False),
        (OPEN_SINCE, True),
        (UNTIL, True),
        (BOOKED_UNTIL, False),
        (BOOKED_UNTIL + minutes(1), True),
        (BOOKED_UNTIL + minutes(1), False),
        (OPEN_SINCE - minutes(1), False),
    ],
)
@pytest.mark.parametrize("make", [make_hold, make_booking])
def test_an_appointment_with_a_reservation_is_held_or_booked(
    make: Callable[..., Reservation], available_at: datetime, is_booked: bool
) -> None:
    make()
    refuses(Appointment.objects.all(), available_at=available_at, is_booked=is_booked)


def test_an_appointment_cannot_lose_its_reservation_without_being_released() -> None:
    for reservation in (make_hold(), make_booking()):
        refuses(reservation.appointments.all(), reservation=None)


def test_a_reservation_that_has_appointments_cannot_be_deleted() -> None:
    hold = make_hold()
    before = all_rows()
    for row in (hold, hold.provider, hold.client):
        with pytest.raises(ProtectedError):
            row.delete()
    assert all_rows() == before


# --- Reservation ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [0, -15])
def test_a_reservation_ends_after_it_starts(length: int) -> None:
    hold = make_hold()
    refuses(Reservation.objects.all(), ends_at=hold.starts_at + minutes(length))


@pytest.mark.parametrize("status", ["", "DONE", "PENDING."])
def test_the_status_of_a_reservation_is_a_known_one(status: str) -> None:
    make_hold()
    refuses(Reservation.objects.all(), status=status)
    refuses(Reservation.objects.all(), status=status, expires_at=None)


def test_a_hold_has_an_expiry() -> None:
    make_hold()
    refuses(Reservation.objects.all(), expires_at=None)


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.PENDING}))
def test_only_a_hold_has_an_expiry(status: Status) -> None:
    make_hold()
    refuses(Reservation.objects.all(), status=status, confirmed_at=NOW, cancelled_at=NOW)
    refuses(Reservation.objects.all(), status=status, confirmed_at=NOW, cancelled_at=None)


@pytest.mark.parametrize("status", [Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW])
def test_a_booking_has_a_time_of_confirmation(status: Status) -> None:
    make_hold()
    refuses(Reservation.objects.all(), status=status, expires_at=None)


def test_a_cancelled_reservation_has_a_time_of_cancellation() -> None:
    make_hold()
    refuses(Reservation.objects.all(), status=Status.CANCELLED, expires_at=None)


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.CANCELLED}))
def test_only_a_cancelled_reservation_has_a_time_of_cancellation(status: Status) -> None:
    make_hold()
    expires_at = UNTIL if status is Status.PENDING else None
    refuses(Reservation.objects.all(), status=status, expires_at=expires_at, confirmed_at=NOW, cancelled_at=NOW)


def test_the_database_refuses_a_new_reservation_as_it_refuses_a_changed_one() -> None:
    client, provider = make_client(), make_provider()
    whole: dict[str, Any] = {
        "client": client,
        "provider": provider,
        "starts_at": TOMORROW,
        "ends_at": TOMORROW + minutes(15),
        "status": Status.PENDING,
        "expires_at": UNTIL,
        "created_at": NOW,
    }
    for wrong in ({"ends_at": TOMORROW}, {"status": "DONE"}, {"expires_at": None}, {"status": Status.CONFIRMED}):
        refuses_to_insert(Reservation(**{**whole, **wrong}))
    Reservation.objects.create(**whole)


# --- The others ----------------------------------------------------------------------------------------------------


def test_a_service_has_a_positive_duration() -> None:
    make_service()
    refuses(Service.objects.all(), duration_minutes=0)
    refuses_to_insert(Service(name="None", duration_minutes=0, created_at=NOW))


def test_an_idempotency_key_is_unique_per_account() -> None:
    user, other = make_user(), make_user()
    fields = {"key_hash": "a" * 64, "input_hash": "b" * 64, "result": 1, "created_at": NOW}
    IdempotencyKey.objects.create(user=user, **fields)
    refuses_to_insert(IdempotencyKey(user=user, **fields))
    IdempotencyKey.objects.create(user=other, **fields)


def test_an_address_has_one_account() -> None:
    make_user(email="ada@example.com")
    refuses_to_insert(User(email="ada@example.com"))
    refuses_to_insert(User(email=" ADA@Example.com "))


def test_an_account_is_one_client_and_one_provider() -> None:
    user = make_user()
    client, provider = make_client(user=user), make_provider(user=user)
    for row in (client, provider):
        row.pk = None
        refuses_to_insert(row)


def delete_with_sql(reservation: Reservation) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reservation_reservation WHERE id = %s", [reservation.pk])
    connection.check_constraints()  # SQLite would check only at COMMIT


def test_a_reservation_that_has_a_history_cannot_be_deleted() -> None:
    booking = make_booking()
    before = all_rows()
    with pytest.raises(IntegrityError), transaction.atomic():
        delete_with_sql(booking)
    assert all_rows() == before


def test_an_event_outlives_the_account_that_caused_it() -> None:
    hold = make_hold()
    user = make_user(is_staff=True)
    ReservationEvent.objects.update(user=user)
    user.delete()
    assert list(ReservationEvent.objects.values_list("reservation_id", "user_id")) == [(hold.pk, None)]
