"""The pages of staff show an instant by one clock, tell apart an hour that comes twice, and reach year 9999."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.messages import get_messages
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from reservation.models import Appointment, Provider, Reservation, User
from reservation.policy import Policy
from tests.clock_changes import HOUR, next_change
from tests.factories import make_appointments, make_booking, make_hold, make_provider, make_service, make_user, minutes

pytestmark = pytest.mark.django_db

LORD_HOWE, NEW_YORK = "Australia/Lord_Howe", "America/New_York"
TWENTY_PAST_THREE = datetime(timezone.now().year + 2, 1, 3, 3, 20, tzinfo=UTC)
IN_UTC = re.compile(rf"{TWENTY_PAST_THREE.year}\S*[ T]03:20")
"""With the year, since a page shows the time of the day too: of sessions, and beside charts."""

DAY_THERE = f"{TWENTY_PAST_THREE:%a} 3 Jan {TWENTY_PAST_THREE.year}"
IN_LORD_HOWE = f"{DAY_THERE}, 14:20 UTC+11"
FIRST_ONE = next_change(NEW_YORK, is_set_back=True) - HOUR
"""1:00 EDT; 1:00 EST is an hour later."""

END_OF_TIME = datetime(9999, 12, 31, 22, tzinfo=UTC)


@pytest.fixture
def browser(client: Browser) -> Browser:
    client.force_login(make_user(email="staff@example.com", is_staff=True, is_superuser=True))
    return client


def text_of(response: Any) -> str:
    """Returns what a page shows, without its tags and without what is not shown."""
    assert response.status_code == 200
    page = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_a_reservation_has_one_time(browser: Browser, settings: Any) -> None:
    settings.STAFF_TIME_ZONE = LORD_HOWE
    hold = make_hold(starts_at=TWENTY_PAST_THREE, now=TWENTY_PAST_THREE - timedelta(days=9))
    slot = hold.appointments.get()
    LogEntry.objects.create(
        user=User.objects.get(is_staff=True),
        content_type=ContentType.objects.get_for_model(Reservation),
        object_id=hold.pk,
        object_repr=str(hold),
        action_flag=CHANGE,
    )
    pages = [
        reverse("admin:reservation_reservation_change", args=[hold.pk]),
        reverse("admin:reservation_appointment_change", args=[slot.pk]),
        reverse("admin:reservation_reservation_changelist"),
        reverse("admin:reservation_appointment_changelist") + "?state=held",
        reverse("admin:index"),
    ]
    for page in pages[:4]:
        assert IN_LORD_HOWE in text_of(browser.get(page)), page
    for page in (*pages, reverse("admin:reservation_reservation_history", args=[hold.pk])):
        assert not IN_UTC.search(text_of(browser.get(page))), page
    panel = browser.get(f"/admin/calendar/reservations/{hold.pk}/")
    assert "03:20" in text_of(panel)  # the zone of the provider, which it says
    assert "UTC" in text_of(panel)
    history = f"{DAY_THERE}, 14:20\N{EN DASH}14:35 UTC+11"
    assert history in text_of(browser.get(pages[0]))


def test_messages_and_confirmations_say_the_zone(browser: Browser, settings: Any) -> None:
    settings.STAFF_TIME_ZONE = LORD_HOWE
    hold = make_hold(starts_at=TWENTY_PAST_THREE, now=TWENTY_PAST_THREE - timedelta(days=9))
    page = reverse("admin:reservation_reservation_changelist")
    answer = browser.post(page, {"action": "complete", "_selected_action": [hold.pk]})
    (message,) = get_messages(answer.wsgi_request)
    assert str(message).startswith(f"Reservation {hold.pk}, {IN_LORD_HOWE}: ")
    answer = browser.post(page, {"action": "cancel", "_selected_action": [hold.pk]})
    assert f"{IN_LORD_HOWE} · Some Client" in text_of(answer)


def test_sessions_and_accounts_say_the_zone(browser: Browser, settings: Any) -> None:
    settings.STAFF_TIME_ZONE = LORD_HOWE
    account = User.objects.get(is_staff=True)
    for page in ("/admin/", reverse("admin:reservation_user_change", args=[account.pk])):
        assert re.search(r"\d\d:\d\d UTC\+1[01](:30)? ", text_of(browser.get(page))), page


@pytest.fixture
def practice() -> Provider:
    provider = make_provider(name="Anna", time_zone=NEW_YORK, services=(make_service(duration_minutes=90),))
    make_appointments(provider, starts_at=FIRST_ONE - timedelta(hours=1), number=16)
    return provider


def test_an_hour_that_comes_twice_is_told_apart_in_the_panel(browser: Browser, practice: Provider) -> None:
    shown = {}
    for slot in Appointment.objects.order_by("starts_at"):
        page = text_of(browser.get(f"/admin/calendar/appointments/{slot.pk}/", {"zone": NEW_YORK}))
        shown[slot.starts_at] = page[: page.index("Anna")]
    assert len(set(shown.values())) == 16
    assert [shown[FIRST_ONE + timedelta(hours=number)] for number in (-1, 0, 1, 2)] == [
        f"{FIRST_ONE:%A}, {FIRST_ONE.day} {FIRST_ONE:%B %Y}, {time} {NEW_YORK} "
        for time in ("00:00", "01:00 EDT", "01:00 EST", "02:00")
    ]


def test_an_hour_that_comes_twice_is_told_apart_among_the_times_of_a_move(browser: Browser, practice: Provider) -> None:
    hold = make_hold(starts_at=FIRST_ONE + timedelta(hours=9), now=FIRST_ONE - timedelta(days=9))
    query = {"providers": practice.pk, "date": f"{FIRST_ONE:%Y-%m-%d}", "zone": NEW_YORK}
    times = browser.get(f"/admin/calendar/reservations/{hold.pk}/times/", query).json()["times"]
    labels = [time["label"] for time in times]
    assert labels[3:6] == ["00:45", "01:00 EDT", "01:15 EDT"]
    assert labels[8:13] == ["01:00 EST", "01:15 EST", "01:30 EST", "01:45 EST", "02:00"]
    assert len(set(labels)) == 16


def test_a_reservation_across_the_change_says_both_clocks(browser: Browser) -> None:
    service = make_service(duration_minutes=90)
    provider = make_provider(time_zone=NEW_YORK, services=(service,))
    booking = make_booking(provider=provider, service=service, starts_at=FIRST_ONE, now=FIRST_ONE - timedelta(days=9))
    shown = "01:00 EDT\N{EN DASH}01:30 EST"
    assert shown in text_of(browser.get(f"/admin/calendar/reservations/{booking.pk}/"))
    assert shown in text_of(browser.get(f"/admin/calendar/reservations/{booking.pk}/move/"))
    page = reverse("admin:reservation_reservation_change", args=[booking.pk])
    assert f"{FIRST_ONE:%a} {FIRST_ONE.day} {FIRST_ONE:%b %Y}, 05:00\N{EN DASH}06:30 UTC" in text_of(browser.get(page))
    grid = browser.get("/admin/calendar/grid/", {"providers": provider.pk, "date": f"{FIRST_ONE:%Y-%m-%d}"}).json()
    assert grid["columns"][0]["blocks"][0]["time"] == shown


@pytest.mark.parametrize(("minutes_", "monday"), [(60, "2027-03-31"), (20, "2027-03-31"), (60, "2027-09-29")])
def test_a_week_with_a_change_of_half_an_hour_is_shown(
    browser: Browser, settings: Any, minutes_: int, monday: str
) -> None:
    settings.RESERVATION_POLICY = Policy(appointment_length=minutes(minutes_))
    provider = make_provider(time_zone=LORD_HOWE)
    answer = browser.get("/admin/calendar/grid/", {"view": "week", "date": monday, "providers": provider.pk})
    assert (answer.status_code, len(answer.json()["columns"])) == (200, 7)


@pytest.fixture
def last_reservation(settings: Any) -> Reservation:
    """A booking at the end of the year 9999, from before time could be offered only so far ahead."""
    settings.STAFF_TIME_ZONE = LORD_HOWE
    service = make_service(duration_minutes=30)
    provider = make_provider(time_zone="Asia/Tokyo", services=(service,))
    make_appointments(provider, starts_at=END_OF_TIME + minutes(30), number=4)
    return make_booking(provider=provider, service=service, starts_at=END_OF_TIME)


def test_every_page_shows_the_end_of_the_year_9999(browser: Browser, last_reservation: Reservation) -> None:
    slot = last_reservation.appointments.first()
    free = Appointment.objects.filter(reservation=None).latest("starts_at")
    assert slot is not None
    lists = {"o": "-1"}, {"client__id__exact": last_reservation.client_id}, {"q": last_reservation.pk}
    pages = [
        *((reverse("admin:reservation_reservation_changelist"), query) for query in lists),
        (reverse("admin:reservation_reservation_change", args=[last_reservation.pk]), {}),
        *((reverse("admin:reservation_appointment_change", args=[one.pk]), {}) for one in (slot, free)),
        (reverse("admin:reservation_appointment_changelist"), {}),
        *((f"/admin/calendar/appointments/{one.pk}/", {}) for one in (slot, free)),
        (f"/admin/calendar/reservations/{last_reservation.pk}/", {}),
        (f"/admin/calendar/reservations/{last_reservation.pk}/move/", {}),
        ("/admin/", {}),
    ]
    for page, query in pages:
        assert re.search(r"\b2[23]:\d\d UTC|31 Dec\b", text_of(browser.get(page, query))), page
    answer = browser.post(pages[0][0], {"action": "cancel", "_selected_action": [last_reservation.pk]})
    assert "Fri 31 Dec 9999, 22:00 UTC" in text_of(answer)


@pytest.mark.parametrize("date", ["8999-11-28", "8999-12-01", "1970-01-10", "1970-01-12"])
@pytest.mark.parametrize("view", ["day", "week"])
def test_the_calendar_can_be_turned_to_its_first_and_last_page_only(browser: Browser, date: str, view: str) -> None:
    provider = make_provider(time_zone="Pacific/Kiritimati")
    seen = set()
    for _ in range(6):
        query = {"view": view, "date": date, "providers": provider.pk}
        grid = browser.get("/admin/calendar/grid/", query).json()
        assert grid["date"] == date
        seen.add(date)
        date = grid["next"] if date > "8000" else grid["previous"]
    assert len(seen) < 6 or view == "day"
    assert "1970-01-10" <= min(seen) <= max(seen) <= "8999-12-01"
