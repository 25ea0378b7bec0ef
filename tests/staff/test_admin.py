"""Staff's pages: every list and form opens, and state is changed by commands only."""

from datetime import UTC

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from reservation.domain.reservation import reserve
from reservation.instants import moment, period
from reservation.models import Reservation, ReservationEvent, Service, User
from reservation.policy import Status
from tests.factories import caller, make_appointments, make_client, make_provider, make_service, make_user, minutes
from tests.groups import FRONT_DESK, MANAGER, VIEWER, make_member

pytestmark = pytest.mark.django_db

NOUNS = ("appointment", "client", "provider", "reservation", "service", "user")


@pytest.fixture
def browser(client: Browser) -> Browser:
    """A browser in which a superuser has logged in."""
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def hold() -> Reservation:
    """A live hold, the day after tomorrow by the real clock, which the admin uses."""
    now = timezone.now()
    start = now.replace(minute=0, second=0, microsecond=0) + minutes(48 * 60)
    appointment = make_appointments(make_provider(services=(make_service(),)), starts_at=start)[0]
    return reserve(caller=caller(make_client()), appointment_id=appointment.pk, now=now)


def act(browser: Browser, action: str, reservation: Reservation) -> list[str]:
    """Choose the action for this reservation; returns the messages of the next page."""
    response = browser.post(
        reverse("admin:reservation_reservation_changelist"),
        {"action": action, "_selected_action": [reservation.pk]},
    )
    assert response.status_code == 302
    return [message.message for message in get_messages(response.wsgi_request)]


@pytest.mark.parametrize("noun", NOUNS)
def test_every_list_opens(browser: Browser, hold: Reservation, noun: str) -> None:
    state = {"state": "held"} if noun == "appointment" else {}
    response = browser.get(reverse(f"admin:reservation_{noun}_changelist"), state)
    assert response.status_code == 200
    assert response.context["cl"].result_count > 0


@pytest.mark.parametrize("noun", NOUNS)
def test_every_row_opens(browser: Browser, hold: Reservation, noun: str) -> None:
    row = {
        "appointment": hold.appointments.get(),
        "client": hold.client,
        "provider": hold.provider,
        "reservation": hold,
        "service": Service.objects.get(),
        "user": hold.client.user,
    }[noun]
    assert browser.get(reverse(f"admin:reservation_{noun}_change", args=[row.pk])).status_code == 200


@pytest.mark.parametrize("noun", ["appointment", "reservation"])
def test_state_cannot_be_added_changed_or_deleted_by_hand(browser: Browser, hold: Reservation, noun: str) -> None:
    row = hold if noun == "reservation" else hold.appointments.get()
    assert browser.get(reverse(f"admin:reservation_{noun}_add")).status_code == 403
    assert browser.post(reverse(f"admin:reservation_{noun}_change", args=[row.pk]), {}).status_code == 403
    assert browser.post(reverse(f"admin:reservation_{noun}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_an_action_calls_the_command_as_the_user(browser: Browser, hold: Reservation) -> None:
    assert act(browser, "confirm", hold) == ["Done: 1."]
    hold.refresh_from_db()
    assert hold.status == Status.CONFIRMED
    assert ReservationEvent.objects.get(kind="CONFIRMED").user == User.objects.get(is_staff=True)


def test_an_action_shows_refusals(browser: Browser, hold: Reservation) -> None:
    assert act(browser, "complete", hold) == [
        f"{hold}, {moment(hold.starts_at, UTC)}: A PENDING reservation cannot become COMPLETED."
    ]
    hold.refresh_from_db()
    assert hold.status == Status.PENDING


def test_cancelling_asks_for_a_reason_first(browser: Browser, hold: Reservation) -> None:
    page = reverse("admin:reservation_reservation_changelist")
    chosen = {"action": "cancel", "_selected_action": [hold.pk]}
    assert b'name="reason"' in browser.post(page, chosen).content
    hold.refresh_from_db()
    assert hold.status == Status.PENDING
    assert browser.post(page, {**chosen, "confirmed": "yes", "reason": " Ill. "}).status_code == 302
    hold.refresh_from_db()
    assert (hold.status, hold.cancel_reason) == (Status.CANCELLED, "Ill.")


def test_the_history_shows_user_time_and_changes(browser: Browser, hold: Reservation) -> None:
    act(browser, "confirm", hold)
    page = browser.get(reverse("admin:reservation_reservation_change", args=[hold.pk])).content.decode()
    who = User.objects.get(is_staff=True)
    assert "Held → Confirmed" in page
    assert period(hold.starts_at, hold.ends_at, UTC) in page
    assert str(who) in page.partition("Held → Confirmed")[0].rpartition("CONFIRMED")[2]


def test_the_history_goes_on_when_an_account_is_deleted(browser: Browser, hold: Reservation) -> None:
    act(browser, "confirm", hold)
    User.objects.filter(is_staff=True).delete()
    browser.force_login(make_user(is_staff=True, is_superuser=True))
    page = browser.get(reverse("admin:reservation_reservation_change", args=[hold.pk])).content.decode()
    assert "a deleted account" in page.partition("Held → Confirmed")[0].rpartition("CONFIRMED")[2]


def test_the_page_of_a_reservation_offers_the_possible_actions(browser: Browser, hold: Reservation) -> None:
    page = reverse("admin:reservation_reservation_change", args=[hold.pk])
    assert [action["name"] for action in browser.get(page).context["offered"]] == ["confirm", "cancel"]
    act(browser, "confirm", hold)
    offered = [action["name"] for action in browser.get(page).context["offered"]]
    assert offered == ["complete", "mark_no_show", "cancel"]


@pytest.mark.parametrize("group", [VIEWER, FRONT_DESK, MANAGER])
def test_each_group_acts_within_its_permissions(group: str, client: Browser, hold: Reservation) -> None:
    client.force_login(make_member(group))
    assert client.get(reverse("admin:index")).status_code == 200
    for noun in NOUNS:
        assert client.get(reverse(f"admin:reservation_{noun}_changelist")).status_code == 200, noun
    page = reverse("admin:reservation_reservation_change", args=[hold.pk])
    may_work = group != VIEWER
    assert [action["name"] for action in client.get(page).context["offered"]] == ["confirm", "cancel"] * may_work
    client.post(reverse("admin:reservation_reservation_changelist"), {"action": "confirm", "_selected_action": hold.pk})
    hold.refresh_from_db()
    assert hold.status == (Status.CONFIRMED if may_work else Status.PENDING)
    named = {"name": "Another", "phone": "", "time_zone": "UTC"}
    answer = client.post(reverse("admin:reservation_client_change", args=[hold.client_id]), named)
    assert answer.status_code == (302 if may_work else 403)


def test_staff_without_the_permission_sees_no_reservations(client: Browser, hold: Reservation) -> None:
    client.force_login(make_user(is_staff=True))
    assert client.get(reverse("admin:reservation_reservation_changelist")).status_code == 403


@pytest.mark.parametrize(("duration", "is_added"), [("30", True), ("17", False), ("0", False), ("495", False)])
def test_a_service_added_by_hand_obeys_the_rules(browser: Browser, duration: str, is_added: bool) -> None:
    fields = {"name": "Added", "duration_minutes": duration, "is_active": "on"}
    response = browser.post(reverse("admin:reservation_service_add"), fields)
    assert response.status_code == (302 if is_added else 200)
    assert Service.objects.filter(name="Added").exists() is is_added


@pytest.mark.parametrize("noun", ["client", "provider"])
def test_a_new_client_or_provider_is_added_with_an_account(noun: str, browser: Browser) -> None:
    service = make_service()
    fields = {"email": "New@Example.com", "name": " Somebody ", "time_zone": "Asia/Tokyo", "services": [service.pk]}
    assert browser.post(reverse(f"admin:reservation_{noun}_add"), fields).status_code == 302
    user = User.objects.get(email="new@example.com")
    person = getattr(user, noun)
    assert (person.name, person.time_zone, user.has_usable_password()) == ("Somebody", "Asia/Tokyo", False)
    if noun == "provider":
        assert list(person.services.all()) == [service]
    assert LogEntry.objects.get().object_id == str(person.pk)


@pytest.mark.parametrize(
    ("email", "message"), [("nobody", "Enter a valid email address."), ("taken@example.com", "There is an account")]
)
def test_a_new_client_needs_an_unused_email(email: str, message: str, browser: Browser) -> None:
    make_user(email="taken@example.com")
    fields = {"email": email, "name": "Somebody", "time_zone": "UTC"}
    response = browser.post(reverse("admin:reservation_client_add"), fields)
    assert (response.status_code, User.objects.count()) == (200, 2)
    assert message in str(response.context["errors"])


def test_the_email_of_a_new_account_is_lower_case(browser: Browser) -> None:
    fields = {
        "email": "Someone@Example.com",
        "usable_password": "true",
        "password1": "a-long-enough-one-7",
        "password2": "a-long-enough-one-7",
    }
    assert browser.post(reverse("admin:reservation_user_add"), fields).status_code == 302
    assert User.objects.get(email="someone@example.com").check_password("a-long-enough-one-7")


def test_changing_an_email_deletes_the_former_one(browser: Browser) -> None:
    user = make_user(email="old@example.com")
    EmailAddress.objects.create(user=user, email="old@example.com", verified=True, primary=True)
    page = reverse("admin:reservation_user_change", args=[user.pk])
    assert browser.post(page, {"email": "new@example.com", "is_active": "on"}).status_code == 302
    user.refresh_from_db()
    assert (user.email, EmailAddress.objects.filter(user=user).count()) == ("new@example.com", 0)
