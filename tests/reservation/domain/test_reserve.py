"""Reserving appointments as a hold."""

import pytest

from reservation.domain.caller import ANONYMOUS, Caller
from reservation.domain.errors import AppointmentTaken, Forbidden, InvalidInput, NotFound, Unauthenticated
from reservation.domain.reservation import reserve
from reservation.models import Reservation
from reservation.policy import OPEN_SINCE
from tests.factories import (
    NOW,
    TOMORROW,
    account,
    caller,
    make_appointments,
    make_booking,
    make_client,
    make_hold,
    make_provider,
    make_service,
    make_user,
    minutes,
    staff,
)
from tests.rows import history, last_change, leases, refused, remembered

pytestmark = pytest.mark.django_db

LAPSES = NOW + minutes(30)
OPEN = (None, OPEN_SINCE, False)


def test_reserve_holds_an_appointment_for_half_an_hour() -> None:
    client, provider = make_client(), make_provider()
    first, _ = make_appointments(provider, number=2)
    reservation = reserve(caller=caller(client), appointment_id=first.pk, note="By the window, please.", now=NOW)
    assert Reservation.objects.values().get() == {
        "id": reservation.pk,
        "client_id": client.pk,
        "provider_id": provider.pk,
        "service_id": None,
        "starts_at": TOMORROW,
        "ends_at": TOMORROW + minutes(15),
        "status": "PENDING",
        "expires_at": LAPSES,
        "note": "By the window, please.",
        "created_at": NOW,
        "confirmed_at": None,
        "cancelled_at": None,
        "cancel_reason": None,
    }
    assert leases(provider) == [(reservation.pk, LAPSES, False), OPEN]


def test_reserve_appends_one_event() -> None:
    hold = make_hold()
    assert history(hold) == [("HELD", hold.client.user_id, NOW)]
    assert last_change(hold) == (None, remembered(hold, "PENDING"))


def test_reserve_holds_the_whole_run_that_the_service_needs() -> None:
    service = make_service(duration_minutes=45)
    provider = make_provider(services=(service,))
    _, second, *_ = make_appointments(provider, number=5)
    reservation = reserve(caller=caller(make_client()), appointment_id=second.pk, service_id=service.pk, now=NOW)
    assert leases(provider) == [OPEN, *[(reservation.pk, LAPSES, False)] * 3, OPEN]
    assert (reservation.service_id, reservation.starts_at, reservation.ends_at) == (
        service.pk,
        TOMORROW + minutes(15),
        TOMORROW + minutes(60),
    )


def test_reserve_refuses_a_held_appointment() -> None:
    hold, who = make_hold(), caller(make_client())
    with refused(AppointmentTaken, field="appointment_id"):
        reserve(caller=who, appointment_id=hold.appointments.get().pk, now=NOW)


def test_reserve_refuses_a_booked_appointment() -> None:
    booking, who = make_booking(), caller(make_client())
    with refused(AppointmentTaken, field="appointment_id"):
        reserve(caller=who, appointment_id=booking.appointments.get().pk, now=NOW)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_reserve_refuses_a_run_of_which_a_part_is_taken(place: int) -> None:
    service = make_service(duration_minutes=45)
    provider, who = make_provider(services=(service,)), caller(make_client())
    first, *_ = appointments = make_appointments(provider, number=3)
    reserve(caller=caller(make_client()), appointment_id=appointments[place].pk, now=NOW)
    with refused(AppointmentTaken, field="appointment_id"):
        reserve(caller=who, appointment_id=first.pk, service_id=service.pk, now=NOW)


def test_reserve_refuses_a_run_with_a_gap() -> None:
    service = make_service(duration_minutes=45)
    provider, who = make_provider(services=(service,)), caller(make_client())
    first, _ = make_appointments(provider, number=2)
    make_appointments(provider, starts_at=TOMORROW + minutes(45))
    with refused(AppointmentTaken, field="appointment_id"):
        reserve(caller=who, appointment_id=first.pk, service_id=service.pk, now=NOW)


def test_reserve_refuses_an_inactive_provider() -> None:
    [appointment] = make_appointments(make_provider(is_active=False))
    who = caller(make_client())
    with refused(AppointmentTaken, field="appointment_id"):
        reserve(caller=who, appointment_id=appointment.pk, now=NOW)


def test_reserve_refuses_a_service_that_the_provider_does_not_offer_or_that_is_inactive() -> None:
    inactive = make_service(is_active=False)
    [appointment] = make_appointments(make_provider(services=(inactive,)))
    who = caller(make_client())
    for service in (make_service(), inactive):
        with refused(InvalidInput, field="service_id"):
            reserve(caller=who, appointment_id=appointment.pk, service_id=service.pk, now=NOW)


def test_reserve_refuses_an_unknown_appointment_or_service() -> None:
    [appointment] = make_appointments(make_provider())
    who = caller(make_client())
    for nothing in (0, 2**63 - 1):
        with refused(NotFound, field="appointment_id"):
            reserve(caller=who, appointment_id=nothing, now=NOW)
        with refused(NotFound, field="service_id"):
            reserve(caller=who, appointment_id=appointment.pk, service_id=nothing, now=NOW)


def test_reserve_stores_a_note_unchanged() -> None:
    [appointment] = make_appointments(make_provider())
    note = "  First line.\r\n\n  Zoë said: “half past” 🕧 \\ ' \" %s <b> "
    reserve(caller=caller(make_client()), appointment_id=appointment.pk, note=note, now=NOW)
    assert Reservation.objects.get().note == note


def test_reserve_accepts_the_longest_note() -> None:
    [appointment] = make_appointments(make_provider())
    reserve(caller=caller(make_client()), appointment_id=appointment.pk, note="ä" * 2000, now=NOW)
    assert Reservation.objects.get().note == "ä" * 2000


@pytest.mark.parametrize("note", ["x" * 2001, "x" * 10_000, "nu\0l"], ids=["longer", "much longer", "null"])
def test_reserve_refuses_a_note_that_cannot_be_stored(note: str) -> None:
    [appointment] = make_appointments(make_provider())
    who = caller(make_client())
    with refused(InvalidInput, field="note"):
        reserve(caller=who, appointment_id=appointment.pk, note=note, now=NOW)


# --- Client --------------------------------------------------------------------------------------------------------


def test_staff_reserves_for_a_client() -> None:
    [appointment] = make_appointments(make_provider())
    client, who = make_client(), staff()
    reservation = reserve(caller=who, appointment_id=appointment.pk, client_id=client.pk, now=NOW)
    assert (reservation.client_id, history(reservation)) == (client.pk, [("HELD", who.user_id, NOW)])


def test_a_client_may_name_itself() -> None:
    [appointment] = make_appointments(make_provider())
    client = make_client()
    assert reserve(caller=caller(client), appointment_id=appointment.pk, client_id=client.pk, now=NOW).client == client


def test_staff_who_is_a_client_reserves_for_itself_unless_it_names_another() -> None:
    itself, other = make_client(user=make_user(is_staff=True, is_superuser=True)), make_client()
    first, second = make_appointments(make_provider(), number=2)
    assert reserve(caller=caller(itself), appointment_id=first.pk, now=NOW).client == itself
    assert reserve(caller=caller(itself), appointment_id=second.pk, client_id=other.pk, now=NOW).client == other


def test_a_client_may_not_name_another() -> None:
    [appointment] = make_appointments(make_provider())
    who, other = caller(make_client()), make_client()
    for client_id in (other.pk, 0):
        with refused(Forbidden, field="client_id"):
            reserve(caller=who, appointment_id=appointment.pk, client_id=client_id, now=NOW)


def test_a_caller_who_is_no_client_cannot_reserve_for_itself() -> None:
    [appointment] = make_appointments(make_provider())
    for who in (caller(make_provider()), staff(), account(make_user())):
        with refused(Forbidden, field="client_id"):
            reserve(caller=who, appointment_id=appointment.pk, now=NOW)


def test_an_anonymous_caller_cannot_reserve() -> None:
    [appointment] = make_appointments(make_provider())
    client = make_client()
    for who in (ANONYMOUS, Caller(client_id=client.pk, is_staff=True, is_superuser=True)):
        with refused(Unauthenticated, field=None):
            reserve(caller=who, appointment_id=appointment.pk, client_id=client.pk, now=NOW)


def test_staff_cannot_reserve_for_a_client_that_does_not_exist() -> None:
    [appointment] = make_appointments(make_provider())
    who = caller(make_client(user=make_user(is_staff=True, is_superuser=True)))
    for client_id in (0, 2**63 - 1):
        with refused(NotFound, field="client_id"):
            reserve(caller=who, appointment_id=appointment.pk, client_id=client_id, now=NOW)
