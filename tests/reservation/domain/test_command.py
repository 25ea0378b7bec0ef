"""Idempotency: with a key, a repeated command has its effect once and returns the first result."""

from datetime import timedelta, timezone

import pytest

from reservation.domain.appointment import offer, withdraw
from reservation.domain.caller import ANONYMOUS
from reservation.domain.errors import AppointmentTaken, IdempotencyKeyReused, InvalidInput, Unauthenticated
from reservation.domain.provider import update_provider
from reservation.domain.reservation import cancel, confirm, reserve
from reservation.models import Appointment, IdempotencyKey, Reservation
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
from tests.rows import all_rows, history, refused

pytestmark = pytest.mark.django_db


def test_the_same_key_and_input_return_the_same_object_with_one_effect() -> None:
    [appointment] = make_appointments(make_provider())
    who = caller(make_client())
    first = reserve.once("key", caller=who, appointment_id=appointment.pk, now=NOW)
    before = all_rows()
    for now in (NOW, NOW + timedelta(days=3)):
        again = reserve.once("key", caller=who, appointment_id=appointment.pk, now=now)
        assert again == first
    assert all_rows() == before
    assert history(first) == [("HELD", who.user_id, NOW)]


def test_a_repeated_command_returns_the_object_in_its_current_state() -> None:
    [appointment] = make_appointments(make_provider())
    who = caller(make_client())
    hold = reserve.once("key", caller=who, appointment_id=appointment.pk, now=NOW)
    confirm(caller=who, reservation_id=hold.pk, now=NOW)
    assert reserve.once("key", caller=who, appointment_id=appointment.pk, now=NOW).status == "CONFIRMED"


def test_a_repeated_command_returns_the_same_count() -> None:
    provider = make_provider()
    arguments = {
        "caller": caller(provider),
        "provider_id": provider.pk,
        "starts_at": TOMORROW,
        "ends_at": TOMORROW + minutes(60),
        "now": NOW,
    }
    assert [offer.once("first", **arguments) for _ in range(2)] == [4, 4]
    assert offer.once("second", **arguments) == 0
    assert [withdraw.once("third", **arguments) for _ in range(2)] == [4, 4]
    assert Appointment.objects.count() == 0
    assert offer.once("first", **arguments) == 4
    assert Appointment.objects.count() == 0


def test_the_key_is_written_together_with_the_effect() -> None:
    [appointment] = make_appointments(make_provider())
    who = caller(make_client())
    reservation = reserve.once("key", caller=who, appointment_id=appointment.pk, now=NOW)
    record = IdempotencyKey.objects.get()
    assert (record.user_id, record.result, record.created_at) == (who.user_id, reservation.pk, NOW)


def test_another_input_under_the_same_key_is_refused() -> None:
    first, second = make_appointments(make_provider(), number=2)
    who = caller(make_client())
    reserve.once("key", caller=who, appointment_id=first.pk, now=NOW)
    for other in ({"appointment_id": second.pk}, {"appointment_id": first.pk, "note": "Hello"}):
        with refused(IdempotencyKeyReused, field="idempotency_key"):
            reserve.once("key", caller=who, now=NOW, **other)


def test_another_command_under_the_same_key_is_refused() -> None:
    hold = make_hold()
    who = caller(hold.client)
    confirm.once("key", caller=who, reservation_id=hold.pk, now=NOW)
    with refused(IdempotencyKeyReused, field="idempotency_key"):
        cancel.once("key", caller=who, reservation_id=hold.pk, now=NOW)


def test_an_argument_of_none_is_the_same_input_as_an_omitted_one() -> None:
    [appointment] = make_appointments(make_provider())
    who = caller(make_client())
    first = reserve.once("key", caller=who, appointment_id=appointment.pk, now=NOW)
    again = reserve.once("key", caller=who, appointment_id=appointment.pk, note=None, service_id=None, now=NOW)
    assert again == first


def test_the_same_instant_at_another_offset_is_the_same_input() -> None:
    provider = make_provider()
    paris = timezone(timedelta(hours=1))
    arguments = {"caller": caller(provider), "provider_id": provider.pk, "now": NOW}
    assert offer.once("key", **arguments, starts_at=TOMORROW, ends_at=TOMORROW + minutes(15)) == 1
    local = TOMORROW.astimezone(paris)
    assert offer.once("key", **arguments, starts_at=local, ends_at=local + minutes(15)) == 1
    with refused(IdempotencyKeyReused, field="idempotency_key"):
        offer.once("key", **arguments, starts_at=local.replace(tzinfo=TOMORROW.tzinfo), ends_at=local + minutes(90))


def test_a_failed_command_stores_no_key() -> None:
    rival = make_hold()
    appointment, who = rival.appointments.get(), caller(make_client())
    with refused(AppointmentTaken, field="appointment_id"):
        reserve.once("key", caller=who, appointment_id=appointment.pk, now=NOW)
    cancel(caller=staff(), reservation_id=rival.pk, now=NOW)
    reservation = reserve.once("key", caller=who, appointment_id=appointment.pk, now=NOW)
    assert reservation.client_id == who.client_id


def test_a_key_belongs_to_its_caller() -> None:
    first, second = make_appointments(make_provider(), number=2)
    one, other = caller(make_client()), caller(make_client())
    reservations = {
        reserve.once("key", caller=one, appointment_id=first.pk, now=NOW).pk,
        reserve.once("key", caller=other, appointment_id=second.pk, now=NOW).pk,
    }
    assert len(reservations) == 2
    with refused(AppointmentTaken, field="appointment_id"):
        reserve.once("another", caller=other, appointment_id=first.pk, now=NOW)


@pytest.mark.parametrize("other", ["KEY", "key ", "kéy", "\uff4bey", "ke\u200by", "key\0"])
def test_keys_that_a_collation_would_treat_as_equal_are_different_keys(other: str) -> None:
    booking = make_booking()
    who = staff()
    confirm.once("key", caller=who, reservation_id=booking.pk, now=NOW)
    cancel.once(other, caller=who, reservation_id=booking.pk, now=NOW)
    assert IdempotencyKey.objects.count() == 2


@pytest.mark.parametrize("key", ["x" * 255, "🗝" * 255, " "], ids=["longest", "longest beyond ASCII", "space"])
def test_any_text_of_1_to_255_characters_is_a_key(key: str) -> None:
    hold = make_hold()
    for _ in range(2):
        assert confirm.once(key, caller=caller(hold.client), reservation_id=hold.pk, now=NOW).pk == hold.pk


@pytest.mark.parametrize("key", ["", "x" * 256, "x" * 100_000], ids=["empty", "256", "huge"])
def test_an_invalid_key_is_refused(key: str) -> None:
    hold = make_hold()
    who = caller(hold.client)
    with refused(InvalidInput, field="idempotency_key"):
        confirm.once(key, caller=who, reservation_id=hold.pk, now=NOW)


def test_without_a_key_every_call_has_its_own_effect() -> None:
    first, second = make_appointments(make_provider(), number=2)
    who = caller(make_client())
    reserve.once(None, caller=who, appointment_id=first.pk, now=NOW)
    with refused(AppointmentTaken, field="appointment_id"):
        reserve.once(None, caller=who, appointment_id=first.pk, now=NOW)
    reserve.once(None, caller=who, appointment_id=second.pk, now=NOW)
    assert (Reservation.objects.count(), IdempotencyKey.objects.count()) == (2, 0)


@pytest.mark.parametrize("key", [None, "key"])
def test_an_anonymous_caller_cannot_run_a_command(key: str | None) -> None:
    hold = make_hold()
    with refused(Unauthenticated, field=None):
        confirm.once(key, caller=ANONYMOUS, reservation_id=hold.pk, now=NOW)


def test_a_list_and_a_tuple_of_ids_are_the_same_input() -> None:
    services = [make_service() for _ in range(3)]
    provider, who = make_provider(), staff()
    arguments = {"caller": who, "provider_id": provider.pk, "now": NOW}
    ids = [service.pk for service in services]
    update_provider.once("key", **arguments, service_ids=ids)
    update_provider.once("key", **arguments, service_ids=tuple(ids))
    with refused(IdempotencyKeyReused, field="idempotency_key"):
        update_provider.once("key", **arguments, service_ids=ids[:2])


def test_a_command_has_the_name_and_the_docstring_of_its_function() -> None:
    assert (confirm.__name__, confirm.__doc__.partition("\n")[0]) == (
        "confirm",
        "Turn a hold into a booking; a booking stays one.",
    )
