"""The times on the booking page: an hour that comes twice, another zone on a day of change, and an unknown zone."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from reservation.domain.reservation import confirm, reserve
from reservation.models import Provider, Service
from reservation.time_zones import time_zone_names
from tests.clock_changes import HOUR, next_change
from tests.factories import caller, make_appointments, make_client, make_provider, make_service, make_user
from tests.web.browser import Visitor, in_database, visiting
from tests.web.test_book_in_chromium import EMAIL, PASSWORD, log_in

NEW_YORK, LISBON = "America/New_York", "Europe/Lisbon"
SET_BACK = next_change(NEW_YORK, is_set_back=True)
SET_FORTH = next_change(LISBON, is_set_back=False)
AMERICAN: dict[str, Any] = {"zone": NEW_YORK, "locale": "en-US"}


@pytest.fixture
def service(transactional_db: None) -> Service:
    make_client(user=make_user(email=EMAIL, password=PASSWORD), name="Cleo")
    return make_service(name="Massage", duration_minutes=90)


@pytest.fixture
def new_york(service: Service) -> Provider:
    """Open from midnight to six, by the clock of New York, on the day on which clocks are set back."""
    provider = make_provider(name="Robin Ray", services=(service,), time_zone=NEW_YORK)
    make_appointments(provider, starts_at=SET_BACK - 2 * HOUR, number=28)
    return provider


@pytest.fixture
def lisbon(service: Service) -> Provider:
    """Open for four hours from midnight on the day on which clocks are set forth."""
    provider = make_provider(name="Ines Sol", services=(service,), time_zone=LISBON)
    make_appointments(provider, starts_at=SET_FORTH - HOUR, number=16)
    return provider


@pytest.fixture
def visitor(chromium: Browser, origin: str, transactional_db: None) -> Iterator[Visitor]:
    with visiting(chromium, origin) as visitor:
        yield visitor


def open_day(visitor: Visitor, **options: Any) -> Page:
    """Opens the first day with open times of the only provider, chosen by name, so that its zone counts."""
    page = visitor.page("/book", **options)
    page.get_by_role("link", name="Massage").click()
    page.locator("#providers a").nth(1).click()
    expect(page.locator("#providers a").nth(1)).to_have_attribute("aria-current", "true")
    expect(page.locator("#when")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#times a").first).to_be_visible()
    return page


def assert_nothing_is_cut_off(page: Page) -> None:
    assert (
        page.evaluate(
            """[...document.querySelectorAll("#times a, #times a *")]
          .filter((one) => one.scrollWidth > one.clientWidth && getComputedStyle(one).display !== "inline")
          .map((one) => one.innerText)"""
        )
        == []
    )


def test_an_hour_that_comes_twice_is_told_apart(new_york: Provider, visitor: Visitor) -> None:
    page = open_day(visitor, **AMERICAN)
    times = [text.replace("\u202f", " ") for text in page.locator("#times a").all_inner_texts()]
    assert [time.strip() for time in times[:13]] == [
        *("12:00 AM", "12:15 AM", "12:30 AM", "12:45 AM"),
        *("1:00 AM EDT", "1:15 AM EDT", "1:30 AM EDT", "1:45 AM EDT"),
        *("1:00 AM EST", "1:15 AM EST", "1:30 AM EST", "1:45 AM EST"),
        "2:00 AM",
    ]
    assert len(set(times)) == len(times)
    assert_nothing_is_cut_off(page)
    across = re.compile(r"1:00\sAM EDT \u2013 1:30\sAM EST")  # 90 minutes later
    for place, zone in ((8, "EST"), (4, "EDT")):
        page.locator("#times a").nth(place).click()
        expect(page.locator("#chosen")).to_contain_text(re.compile(rf"1:00\sAM {zone}"))
    page.get_by_role("button", name="Hold this time").click()
    log_in(page)
    expect(page.locator("#notice")).to_contain_text(across)
    expect(page.locator("#holds")).to_contain_text(across)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="My reservations").click()
    expect(page.locator("#upcoming article")).to_contain_text(across)


def test_the_provider_clock_is_told_apart_too(new_york: Provider, visitor: Visitor) -> None:
    page = open_day(visitor, zone="Europe/London")
    assert_nothing_is_cut_off(page)
    there = page.locator("#times small").all_inner_texts()
    assert len(set(there)) == len(there) > 20
    assert [re.sub(r"^\w+,? ", "", text) for text in there[4:10:4]] == ["01:00 GMT-4", "01:00 GMT-5"]


@pytest.mark.parametrize("zone", ["UTC", "Atlantic/Reykjavik"])
def test_the_provider_clock_is_shown_where_it_differs(zone: str, lisbon: Provider, visitor: Visitor) -> None:
    page = open_day(visitor, zone=zone)
    times = page.locator("#times a")
    shown = [text.split() for text in times.all_inner_texts()[:6]]
    assert [one[0] for one in shown] == ["00:00", "00:15", "00:30", "00:45", "01:00", "01:15"]
    assert [one[1:][-1:] for one in shown] == [[], [], [], [], ["02:00"], ["02:15"]]
    expect(page.locator("#zone")).to_contain_text("in that of Ines Sol, Europe/Lisbon")
    times.first.click()
    expect(page.locator("#chosen")).not_to_contain_text("in Europe/Lisbon")
    times.nth(4).click()
    expect(page.locator("#chosen")).to_contain_text("02:00 in Europe/Lisbon")


def test_a_zone_that_the_browser_does_not_know_is_shown_in_utc(lisbon: Provider, visitor: Visitor) -> None:
    """A provider's zone may be newer than the browser; localtime stands for it, which the API no longer accepts."""

    def book() -> None:
        Provider.objects.update(time_zone="localtime")
        now, client = timezone.now(), caller(make_client(user=make_user(email="mia@example.com", password=PASSWORD)))
        held = reserve(caller=client, appointment_id=lisbon.appointments.earliest("starts_at").pk, now=now)
        confirm(caller=client, reservation_id=held.pk, now=now)

    in_database(book)
    page = open_day(visitor, zone="Asia/Tokyo")
    expect(page.locator("#zone")).to_contain_text("in that of Ines Sol, UTC")
    hour = (SET_FORTH - HOUR + timedelta(minutes=15)).strftime("%H:%M")
    expect(page.locator("#times small").first).to_contain_text(hour)
    page.goto("/book?view=mine")
    page.locator("#stranger").get_by_role("button", name="Log in").click()
    page.get_by_label("Email").fill("mia@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#upcoming article")).to_contain_text("in UTC")


def test_the_browser_knows_every_zone_that_is_accepted(new_york: Provider, visitor: Visitor) -> None:
    page = visitor.page("/book")
    unknown = page.evaluate(
        """names => names.filter((timeZone) => {
          try { return !new Intl.DateTimeFormat("en", { timeZone }); } catch { return true; }
        })""",
        sorted(time_zone_names()),
    )
    assert len(unknown) < 5, unknown  # those of the years since the browser was built
    assert not set(unknown) & {"US/Pacific", "Asia/Calcutta", "Europe/Kyiv", "Etc/GMT+5", "UTC"}
