"""A decision about a reservation is about what was shown: what has changed meanwhile is not cancelled unseen."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from reservation.domain.errors import InvalidTransition
from reservation.domain.reservation import cancel, complete, confirm, mark_no_show, reschedule
from reservation.domain.transition import state_of
from reservation.models import Appointment, Reservation
from reservation.policy import Status
from tests.factories import NOW, TOMORROW, caller, make_appointments, make_hold, make_user, minutes, staff
from tests.rows import refused
from tests.staff.forms import Fields, form_on

pytestmark = pytest.mark.django_db

CHANGED = "The reservation has changed since the page was opened: look at it again."
LIST = "/admin/reservation/reservation/"


@pytest.fixture
def browser(client: Browser) -> Browser:
    """A browser in which a superuser has logged in."""
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def hold() -> Reservation:
    """A live hold by the real clock, which the admin uses, with open time after it."""
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + minutes(72 * 60)
    hold = make_hold(starts_at=start, now=timezone.now())
    make_appointments(hold.provider, starts_at=start + minutes(15), number=2)
    return hold


def open_time(hold: Reservation, place: int) -> Appointment:
    return Appointment.objects.filter(provider=hold.provider, reservation=None).order_by("starts_at")[place]


def move(hold: Reservation) -> None:
    """Somebody else moves it."""
    reschedule(caller=staff(), reservation_id=hold.pk, appointment_id=open_time(hold, 1).pk, now=timezone.now())


def confirm_it(hold: Reservation) -> None:
    confirm(caller=caller(hold.client), reservation_id=hold.pk, now=timezone.now())


def messages_of(response: Any) -> list[str]:
    return [message.message for message in get_messages(response.wsgi_request)]


def panel_form(browser: Browser, hold: Reservation, *, with_field: str, path: str = "") -> Fields:
    return form_on(browser.get(f"/admin/calendar/reservations/{hold.pk}/{path}"), with_field=with_field)


@pytest.mark.parametrize("meanwhile", [move, confirm_it])
def test_the_panel_cancels_what_it_showed_only(
    meanwhile: Callable[[Reservation], None], browser: Browser, hold: Reservation
) -> None:
    form = panel_form(browser, hold, with_field="reason")
    assert form["as_seen"] == [state_of(hold)]
    meanwhile(hold)
    page = f"/admin/calendar/reservations/{hold.pk}/cancel/"
    refusal = browser.post(page, {**form, "key": "k"}).json()["refusal"]
    assert refusal["code"] == "INVALID_TRANSITION"
    assert "has changed meanwhile" in refusal["message"]
    hold.refresh_from_db()
    assert hold.status != Status.CANCELLED
    form = panel_form(browser, hold, with_field="reason")
    assert "id" in browser.post(page, {**form, "key": "k2"}).json()
    assert browser.post(page, {**form, "key": "k2"}).json()["id"] == hold.pk, "a second click has no further effect"


def test_the_panel_moves_what_it_showed_only(browser: Browser, hold: Reservation) -> None:
    form = panel_form(browser, hold, path="move/", with_field="as_seen")
    move(hold)
    page = f"/admin/calendar/reservations/{hold.pk}/reschedule/"
    target = open_time(hold, 0).pk
    assert "refusal" in browser.post(page, {**form, "appointment_id": target, "key": "k"}).json()
    hold.refresh_from_db()
    form = panel_form(browser, hold, path="move/", with_field="as_seen")
    assert "id" in browser.post(page, {**form, "appointment_id": target, "key": "k2"}).json()


def test_the_grid_tells_what_it_shows(browser: Browser, hold: Reservation) -> None:
    day = f"{hold.starts_at:%Y-%m-%d}"
    grid = browser.get("/admin/calendar/grid/", {"date": day, "zone": "UTC"}).json()
    assert [block["as_seen"] for column in grid["columns"] for block in column["blocks"]] == [state_of(hold)]


def test_the_page_confirms_what_it_showed_only(browser: Browser, hold: Reservation) -> None:
    page = reverse("admin:reservation_reservation_change", args=[hold.pk])
    form = form_on(browser.get(page), with_field="_selected_action")
    assert form == {"_selected_action": [str(hold.pk)], f"as_seen_{hold.pk}": [state_of(hold)]}
    move(hold)
    [message] = messages_of(browser.post(LIST, {**form, "action": "confirm"}))
    assert message.endswith(CHANGED)
    form = form_on(browser.get(page), with_field="_selected_action")
    assert messages_of(browser.post(LIST, {**form, "action": "confirm"}))[-1] == "Done: 1."


def test_the_confirmation_cancels_what_it_showed_only(browser: Browser, hold: Reservation) -> None:
    asked = browser.post(LIST, {"action": "cancel", "_selected_action": [hold.pk]})
    form = form_on(asked, with_field="confirmed")
    move(hold)
    [message] = messages_of(browser.post(LIST, form))
    assert message.endswith(CHANGED)
    hold.refresh_from_db()
    assert hold.status == Status.PENDING


def test_each_command_refuses_what_was_seen_otherwise() -> None:
    hold = make_hold()
    by, target = staff(), make_appointments(hold.provider, starts_at=TOMORROW + minutes(60))[0]
    for command, arguments in (
        (confirm, {}),
        (cancel, {}),
        (reschedule, {"appointment_id": target.pk}),
        (complete, {}),
        (mark_no_show, {}),
    ):
        with refused(InvalidTransition, field="reservation_id"):
            command(caller=by, reservation_id=hold.pk, as_seen="CONFIRMED 1 2030", now=NOW, **arguments)  # type: ignore[operator]
    as_seen = state_of(hold)
    assert confirm(caller=by, reservation_id=hold.pk, as_seen=as_seen, now=NOW).status == Status.CONFIRMED
    assert confirm(caller=by, reservation_id=hold.pk, as_seen=as_seen, now=NOW).status == Status.CONFIRMED
