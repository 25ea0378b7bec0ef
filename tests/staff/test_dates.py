"""Days, weeks and months in the staff's time zone."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser
from django.test import RequestFactory
from django.utils import timezone

from reservation.instants import moment
from staff.dates import add_months, hierarchy, interval_of
from tests.factories import make_hold, make_user

KATHMANDU = ZoneInfo("Asia/Kathmandu")
NOW = datetime(2030, 3, 31, 23, 30, tzinfo=UTC)
"""A Sunday in UTC, and Monday already in Berlin, on the day on which its clocks go forward."""


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text + ":00+00:00")


@pytest.mark.parametrize(
    ("zone", "name", "starts", "ends"),
    [
        ("UTC", "today", "2030-03-31T00:00", "2030-04-01T00:00"),
        ("Europe/Berlin", "today", "2030-03-31T22:00", "2030-04-01T22:00"),
        ("Europe/Berlin", "tomorrow", "2030-04-01T22:00", "2030-04-02T22:00"),
        ("UTC", "week", "2030-03-25T00:00", "2030-04-01T00:00"),
        ("Europe/Berlin", "week", "2030-03-31T22:00", "2030-04-07T22:00"),
        ("UTC", "next-week", "2030-04-01T00:00", "2030-04-08T00:00"),
        ("Europe/Berlin", "2030-03-31", "2030-03-30T23:00", "2030-03-31T22:00"),
        ("Europe/Berlin", "2030-03", "2030-02-28T23:00", "2030-03-31T22:00"),
        ("UTC", "2028-02", "2028-02-01T00:00", "2028-03-01T00:00"),
    ],
)
def test_an_interval_begins_and_ends_at_midnight_of_the_zone(zone: str, name: str, starts: str, ends: str) -> None:
    with timezone.override(zone):
        assert interval_of(name, NOW) == (instant(starts), instant(ends))


@pytest.mark.parametrize(
    "name",
    ["", "someday", "2030", "2030-13", "2030-02-30", "2030-02-01-01", "0001-01", "0001-01-01", "9999-09", "9999-12-31"],
)
def test_an_unknown_interval_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}$"):
        interval_of(name, NOW)


def test_months_are_added_across_years() -> None:
    assert [add_months(NOW.date(), step).isoformat() for step in (-3, 0, 9)] == [
        "2029-12-01",
        "2030-03-01",
        "2030-12-01",
    ]


def test_choosing_a_month_shows_its_days_and_preserves_other_filters() -> None:
    request = RequestFactory().get("/", {"when": "2028-02", "state": "held", "p": "3"})
    _, months, days = hierarchy(request)
    assert [choice.title for choice in months if choice.is_chosen] == ["Feb 2028"]
    assert (len(days), days[-1].address) == (29, "?when=2028-02-29&state=held")
    assert len(hierarchy(RequestFactory().get("/"))) == 2


@pytest.mark.parametrize("when", ["0001-01", "1970-01-10", "8999-12-01", "9999-12-31"])
def test_a_list_opens_on_any_date(when: str, client: Browser, db: None) -> None:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    for page in ("reservation", "appointment"):
        assert client.get(f"/admin/reservation/{page}/", {"when": when}).status_code == 200


def test_pages_are_rendered_in_the_staffs_zone(client: Browser, db: None, settings: Any) -> None:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    settings.STAFF_TIME_ZONE = "Asia/Kathmandu"
    page = client.get("/admin/")
    assert "All times are Asia/Kathmandu." in page.content.decode()
    assert moment(page.context["now"], KATHMANDU) in page.content.decode()
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_page_formats_times_like_its_list(client: Browser, db: None) -> None:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    hold = make_hold()
    for page in ("", f"{hold.pk}/change/"):
        answer = client.get(f"/admin/reservation/reservation/{page}")
        assert moment(hold.starts_at, UTC) in answer.content.decode()
