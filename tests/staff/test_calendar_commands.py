"""Actions in the calendar call the commands of the API, once for each key, as the user who clicked."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from reservation.domain.reservation import cancel, confirm, reserve
from reservation.models import Client, Reservation, ReservationEvent, User
from tests.factories import caller, make_appointments, make_booking, make_client, make_hold, make_provider, make_user
from tests.rows import all_rows, history
from tests.staff.calendar import ALL, at, make_practice, permit, soon

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(db: None) -> User:
    return permit(*ALL)


@pytest.fixture
def browser(client: Browser, user: User) -> Browser:
    client.force_login(user)
    return client


@pytest.fixture
def hold(db: None) -> Reservation:
    """A live hold of Cleo, after eight open slots."""
    provider = make_practice()
    return make_hold(provider=provider, client=make_client(name="Cleo"), starts_at=at(8), now=timezone.now())


def post(browser: Browser, path: str, **fields: Any) -> dict[str, Any]:
    response = browser.post(f"/admin/calendar/{path}/", {"key": "k", **fields})
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def step(browser: Browser, reservation: Reservation, name: str, **fields: Any) -> dict[str, Any]:
    return post(browser, f"reservations/{reservation.pk}/{name}", **fields)


def test_reserving_holds_the_run_for_the_client(browser: Browser, user: User) -> None:
    provider, client = make_practice(), make_client()
    first = provider.appointments.earliest("starts_at")
    service = provider.services.get(name="Consultation")
    fields = {"appointment_id": first.pk, "service_id": service.pk, "client_id": client.pk, "note": "Knocks."}
    responses = [post(browser, "reserve", **fields) for _ in range(2)]
    reservation = Reservation.objects.get()
    message = "Reserved. Confirm it before the hold lapses."
    assert responses == [{"id": reservation.pk, "message": message}] * 2
    assert (reservation.client, reservation.service, reservation.note) == (client, service, "Knocks.")
    assert (reservation.starts_at, reservation.ends_at, reservation.status) == (at(0), at(2), "PENDING")
    assert [(kind, who) for kind, who, _ in history(reservation)] == [("HELD", user.pk)]


def test_confirming_and_cancelling_with_a_reason(browser: Browser, hold: Reservation, user: User) -> None:
    assert step(browser, hold, "confirm") == {"id": hold.pk, "message": "Confirmed."}
    message = {"id": hold.pk, "message": "Cancelled. The time is open again."}
    assert [step(browser, hold, "cancel", key="c", reason=" Is ill. ") for _ in range(2)] == [message] * 2
    hold.refresh_from_db()
    assert (hold.status, hold.cancel_reason, hold.appointments.count()) == ("CANCELLED", "Is ill.", 0)
    assert [(kind, who) for kind, who, _ in history(hold)][1:] == [("CONFIRMED", user.pk), ("CANCELLED", user.pk)]


def test_moving_to_another_provider_who_offers_the_service(browser: Browser, hold: Reservation) -> None:
    other = make_practice()
    target = other.appointments.earliest("starts_at")
    assert step(browser, hold, "reschedule", appointment_id=target.pk) == {"id": hold.pk, "message": "Moved."}
    hold.refresh_from_db()
    assert (hold.provider, hold.starts_at, hold.appointments.get()) == (other, at(0), target)


@pytest.mark.parametrize(
    ("name", "status", "message"),
    [("complete", "COMPLETED", "Marked as completed."), ("mark_no_show", "NO_SHOW", "Marked as no-show.")],
)
def test_marking_how_it_ended(name: str, status: str, message: str, browser: Browser) -> None:
    began = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    booking = make_booking(starts_at=began, now=began - timedelta(days=2))
    assert step(browser, booking, name)["message"] == message
    booking.refresh_from_db()
    assert booking.status == status


def test_a_new_client(browser: Browser) -> None:
    fields = {"name": "Dora", "email": "dora@example.com", "phone": "4711"}
    responses = [post(browser, "clients/add", **fields) for _ in range(2)]
    client = Client.objects.get()
    assert responses == [{"id": client.pk, "message": "Dora was added."}] * 2
    assert (client.name, client.user.email, client.phone) == ("Dora", "dora@example.com", "4711")


def test_clients_are_found_as_one_types(browser: Browser) -> None:
    client = make_client(name="Cleo Quartz", user=make_user(email="cleo@example.com"))
    response = browser.post("/admin/calendar/clients/", {"search": "qua"})
    found = {"id": client.pk, "name": "Cleo Quartz", "email": "cleo@example.com", "phone": ""}
    assert response.json() == {"clients": [found]}
    assert "no-store" in response["Cache-Control"]
    assert browser.post("/admin/calendar/clients/", {"search": "q" * 201}).json() == {"clients": []}


# --- Refusals ------------------------------------------------------------------------------------------------------


def taken(hold: Reservation) -> tuple[str, dict[str, Any]]:
    slot = hold.provider.appointments.earliest("starts_at")
    reserve(caller=caller(make_client()), appointment_id=slot.pk, now=timezone.now())
    return "reserve", {"appointment_id": slot.pk, "client_id": hold.client_id}


def target_taken(hold: Reservation) -> tuple[str, dict[str, Any]]:
    _, fields = taken(hold)
    return f"reservations/{hold.pk}/reschedule", {"appointment_id": fields["appointment_id"]}


def no_room(hold: Reservation) -> tuple[str, dict[str, Any]]:
    service = hold.provider.services.get(name="Consultation")
    last = hold.provider.appointments.get(starts_at=at(7))
    return "reserve", {"appointment_id": last.pk, "client_id": hold.client_id, "service_id": service.pk}


def too_soon(hold: Reservation) -> tuple[str, dict[str, Any]]:
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=3)
    (slot,) = make_appointments(hold.provider, starts_at=start)
    return "reserve", {"appointment_id": slot.pk, "client_id": hold.client_id}


def not_offered(hold: Reservation) -> tuple[str, dict[str, Any]]:
    slot = make_appointments(make_provider(), starts_at=soon())[0]
    service = hold.provider.services.first()
    assert service is not None
    return "reserve", {"appointment_id": slot.pk, "client_id": hold.client_id, "service_id": service.pk}


def busy(hold: Reservation) -> tuple[str, dict[str, Any]]:
    (slot,) = make_appointments(make_provider(), starts_at=at(8))
    return "reserve", {"appointment_id": slot.pk, "client_id": hold.client_id}


def no_client(hold: Reservation) -> tuple[str, dict[str, Any]]:
    return "reserve", {"appointment_id": hold.provider.appointments.earliest("starts_at").pk}


def lapsed(hold: Reservation) -> tuple[str, dict[str, Any]]:
    Reservation.objects.filter(pk=hold.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    hold.appointments.update(available_at=timezone.now() - timedelta(seconds=1))
    return f"reservations/{hold.pk}/confirm", {}


def cancelled(hold: Reservation) -> tuple[str, dict[str, Any]]:
    cancel(caller=caller(hold.client), reservation_id=hold.pk, now=timezone.now())
    return f"reservations/{hold.pk}/confirm", {}


def not_begun(hold: Reservation) -> tuple[str, dict[str, Any]]:
    confirm(caller=caller(hold.client), reservation_id=hold.pk, now=timezone.now())
    return f"reservations/{hold.pk}/complete", {}


def long_reason(hold: Reservation) -> tuple[str, dict[str, Any]]:
    return f"reservations/{hold.pk}/cancel", {"reason": "a" * 2001}


def no_key(hold: Reservation) -> tuple[str, dict[str, Any]]:
    return f"reservations/{hold.pk}/confirm", {"key": ""}


def missing(hold: Reservation) -> tuple[str, dict[str, Any]]:
    return f"reservations/{hold.pk + 1000}/confirm", {}


def email_taken(hold: Reservation) -> tuple[str, dict[str, Any]]:
    return "clients/add", {"name": "Dora", "email": hold.client.user.email}


@pytest.mark.parametrize(
    ("situation", "code", "field", "word"),
    [
        (taken, "APPOINTMENT_TAKEN", "appointment_id", "taken meanwhile"),
        (target_taken, "APPOINTMENT_TAKEN", "appointment_id", "taken meanwhile"),
        (no_room, "APPOINTMENT_TAKEN", "appointment_id", "taken meanwhile"),
        (too_soon, "TOO_SOON", "appointment_id", "24 hours ahead"),
        (not_offered, "INVALID_INPUT", "service_id", "does not offer"),
        (busy, "CLIENT_BUSY", "appointment_id", "another reservation at this time"),
        (no_client, "INVALID_INPUT", "client_id", "Choose a client"),
        (lapsed, "HOLD_EXPIRED", "reservation_id", "lapsed"),
        (cancelled, "INVALID_TRANSITION", "reservation_id", "cannot be done now"),
        (not_begun, "INVALID_TRANSITION", "reservation_id", "cannot be done now"),
        (long_reason, "INVALID_INPUT", "reason", "at most 2000"),
        (no_key, "INVALID_INPUT", "key", "required"),
        (missing, "NOT_FOUND", "reservation_id", "no longer exists"),
        (email_taken, "EMAIL_TAKEN", "email", "already"),
    ],
)
def test_a_refusal_has_a_message_and_changes_nothing(
    situation: Any, code: str, field: str, word: str, browser: Browser, hold: Reservation
) -> None:
    path, fields = situation(hold)
    before = all_rows()
    refusal = post(browser, path, **fields)["refusal"]
    assert (refusal["code"], refusal["field"]) == (code, field)
    assert word in refusal["message"]
    assert all_rows() == before


def test_a_key_cannot_be_reused_for_another_input(browser: Browser, hold: Reservation) -> None:
    step(browser, hold, "confirm")
    before = all_rows()
    assert step(browser, hold, "cancel")["refusal"]["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert all_rows() == before


@pytest.mark.parametrize("path", ["reserve", "reservations/{pk}/confirm", "clients", "clients/add"])
def test_a_forged_form_is_refused(path: str, user: User, hold: Reservation) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(user)
    before = all_rows()
    assert browser.post(f"/admin/calendar/{path.format(pk=hold.pk)}/", {"key": "k"}).status_code == 403
    assert all_rows() == before


def test_an_unknown_action_is_not_found(browser: Browser, hold: Reservation) -> None:
    assert browser.post(f"/admin/calendar/reservations/{hold.pk}/erase/", {"key": "k"}).status_code == 404


@pytest.mark.parametrize("moves", [1, 4])
def test_a_reservation_costs_the_same_number_of_statements_however_long_its_history(
    moves: int, browser: Browser, hold: Reservation, django_assert_num_queries: Any
) -> None:
    for move, slot in enumerate(hold.provider.appointments.order_by("starts_at")[:moves]):
        step(browser, hold, "reschedule", key=str(move), appointment_id=slot.pk)
    path = f"/admin/calendar/reservations/{hold.pk}/"
    # The session, the account, its permissions (2), the caller and its permissions (3); the reservation, its history.
    with django_assert_num_queries(9):
        page = browser.get(path).content.decode()
    assert page.count("<li><strong>Moved</strong>") == moves


def test_the_history_shows_the_user(browser: Browser, user: User, hold: Reservation) -> None:
    step(browser, hold, "confirm")
    event = ReservationEvent.objects.latest("pk")
    page = browser.get(f"/admin/calendar/reservations/{hold.pk}/").content.decode()
    assert (event.user, user.email in page, hold.client.user.email in page) == (user, True, True)
