"""The calendar in Chromium: the daily work of staff by mouse, by keyboard and on a phone."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Locator, Page, expect

from reservation.models import Provider
from tests.factories import (
    make_appointments,
    make_booking,
    make_client,
    make_hold,
    make_provider,
    make_service,
    make_user,
)
from tests.staff.calendar import at, soon
from tests.web.conftest import REPORT_VIOLATIONS

AXE = settings.BASE_DIR / "tests" / "node" / "node_modules" / "axe-core" / "axe.min.js"
DESK, PHONE, SMALL_PHONE = (
    {"width": width, "height": height} for width, height in ((1280, 900), (390, 844), (320, 640))
)

FITS = """
document.documentElement.scrollWidth <= innerWidth &&
  [...document.querySelectorAll("#calendar td")].every((cell) => cell.getBoundingClientRect().right <= innerWidth)
"""
CALENDAR_TIMEOUT_MILLISECONDS = 60_000
OpenCalendar = Callable[..., Page]


@pytest.fixture
def practice(transactional_db: None) -> dict[str, Any]:
    """Anna and Bela, both open from 9 to 11, and Cleo with a hold at ten with Anna and a booking yesterday."""
    now = timezone.now()
    services = (make_service(name="Check-up"), make_service(name="Consultation", duration_minutes=30))
    anna, bela = (make_provider(name=name, services=services) for name in ("Anna Berg", "Bela Costa"))
    cleo = make_client(name="Cleo Quartz", user=make_user(email="cleo@example.com"))
    make_client(name="Dora Lund", user=make_user(email="dora@example.com"))
    make_appointments(anna, starts_at=at(0), number=4)
    make_hold(provider=anna, client=cleo, service=services[1], starts_at=at(4), now=now)
    make_appointments(anna, starts_at=at(6), number=2)
    make_appointments(bela, starts_at=at(0), number=8)
    yesterday = now.replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=1)
    make_booking(provider=anna, client=cleo, starts_at=yesterday, now=yesterday - timedelta(days=2))
    browser = Browser()
    browser.force_login(make_user(email="staff@example.com", is_staff=True, is_superuser=True))
    return {"session": browser.cookies["sessionid"].value, "anna": anna, "yesterday": yesterday.date().isoformat()}


@pytest.fixture
def open_calendar(chromium: Chromium, origin: str, practice: dict[str, Any]) -> Iterator[OpenCalendar]:
    """Opens the calendar in a new browser context with the session of staff.

    Afterwards, no error may have been logged, and no request sent to another host.
    """
    errors: list[str] = []
    hosts: set[str] = set()

    def watch(context: BrowserContext) -> None:
        context.on("console", lambda message: message.type == "error" and errors.append(message.text))
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on("request", lambda request: request.url.startswith("data:") or hosts.add(request.url.split("/")[2]))

    expect.set_options(timeout=CALENDAR_TIMEOUT_MILLISECONDS)
    contexts: list[BrowserContext] = []

    def open_calendar(query: str = "", **options: Any) -> Page:
        context = chromium.new_context(base_url=origin, **{"viewport": DESK, **options})
        contexts.append(context)
        context.set_default_timeout(CALENDAR_TIMEOUT_MILLISECONDS)
        context.add_cookies([{"name": "sessionid", "value": practice["session"], "url": origin}])
        context.add_init_script(REPORT_VIOLATIONS)
        watch(context)
        page = context.new_page()
        page.goto(f"/admin/calendar/?date={soon().date()}{query}")
        expect(page.get_by_role("grid")).to_be_visible()
        return page

    yield open_calendar
    for context in contexts:
        context.close()
    assert errors == []
    assert hosts == {origin.removeprefix("http://")}


def cell(page: Page, name: str) -> Locator:
    return page.get_by_role("gridcell", name=name)


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog")


def suggestions(page: Page) -> Locator:
    """The suggested clients."""
    return page.get_by_role("listbox", name="Clients").get_by_role("option")


def status(page: Page) -> Locator:
    return page.locator("#cal-message")


def free(page: Page, provider: str, clock: str) -> Locator:
    return cell(page, f"Open, {clock}, {provider}")


def test_staff_reserves_for_a_known_client_by_keyboard_alone(open_calendar: OpenCalendar) -> None:
    page = open_calendar()
    page.locator("[tabindex='0'][data-key]").focus()
    for key in ("Control+Home", "ArrowDown", "ArrowRight", "PageDown", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    expect(free(page, "Bela Costa", "09:30")).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel(page).get_by_role("heading", name="Reserve")).to_be_visible()
    expect(panel(page).get_by_label("Service")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("lund")
    expect(suggestions(page)).to_have_text("Dora Lund dora@example.com")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(panel(page).get_by_role("button", name="Reserve and confirm")).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel(page)).to_be_hidden()
    expect(status(page)).to_have_text("Reserved and confirmed.")
    booked = cell(page, "Dora Lund Consultation 09:30\N{EN DASH}10:00 Confirmed, Bela Costa")
    expect(booked).to_be_focused()  # it covers the cell of the free time
    page.keyboard.press("Enter")
    expect(panel(page).get_by_role("listitem")).to_contain_text(["Held", "Confirmed"])
    page.keyboard.press("Escape")
    expect(booked).to_be_focused()


def test_staff_reserves_for_a_new_client_and_then_confirms_and_cancels(open_calendar: OpenCalendar) -> None:
    page = open_calendar()
    free(page, "Anna Berg", "09:15").dblclick()
    panel(page).get_by_role("combobox", name="Client").fill("Emil Ito")
    expect(panel(page).locator("[data-none]")).to_be_visible()
    panel(page).get_by_text("New client").click()  # which may not move away from under the mouse
    expect(panel(page).get_by_label("Name", exact=True)).to_have_value("Emil Ito")
    panel(page).get_by_label("Email").fill("cleo@example.com")
    panel(page).get_by_role("button", name="Hold only").click()
    expect(panel(page).get_by_role("alert")).to_have_text("There is an account with this address already.")
    panel(page).get_by_label("Email").fill("emil@example.com")
    panel(page).get_by_role("button", name="Hold only").dblclick()
    expect(panel(page)).to_contain_text("Reserved. Confirm it before the hold lapses.")
    expect(panel(page).get_by_role("heading", name="Emil Ito")).to_be_visible()
    expect(page.locator("[data-reservation]")).to_have_count(2)
    panel(page).get_by_role("button", name="Confirm").click()
    expect(status(page)).to_have_text("Confirmed.")
    cell(page, "Emil Ito").click()
    panel(page).get_by_text("Cancel it").click()
    panel(page).get_by_label("Reason").fill("The bus is late.")
    panel(page).get_by_role("button", name="Cancel the reservation").click()
    expect(status(page)).to_have_text("Cancelled. The time is open again.")
    expect(free(page, "Anna Berg", "09:15")).to_be_focused()


def test_staff_marks_a_reservation_as_completed(open_calendar: OpenCalendar, practice: dict[str, Any]) -> None:
    page = open_calendar()
    page.goto(f"/admin/calendar/?date={practice['yesterday']}")
    cell(page, "09:15 Confirmed").click()
    expect(panel(page).get_by_role("button", name="Move")).to_have_count(0)
    panel(page).get_by_role("button", name="Mark as completed").click()
    expect(cell(page, "09:15 Completed")).to_be_visible()


def drag(page: Page, source: Locator, target: Locator, *, drop: bool = True) -> None:
    start, end = source.bounding_box(), target.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 30, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 30, end["y"] + 8, steps=5)
    if drop:
        page.mouse.up()


def test_staff_moves_by_mouse_and_by_keyboard(open_calendar: OpenCalendar) -> None:
    page = open_calendar()
    held = cell(page, "Cleo Quartz")
    drag(page, held, free(page, "Bela Costa", "09:30"), drop=False)
    expect(page.locator(".cal-ghost")).to_have_text("09:30 Cleo Quartz")
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".cal-ghost")).to_have_count(0)
    expect(panel(page)).to_be_hidden()
    drag(page, held, free(page, "Bela Costa", "10:45"))  # too short for half an hour
    expect(status(page)).to_have_text("This time is not open for so long.")
    drag(page, held, free(page, "Bela Costa", "09:30"))
    expect(panel(page).get_by_role("heading", name="Move Cleo Quartz?")).to_be_visible()
    expect(panel(page).get_by_role("button", name="Move it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(status(page)).to_have_text("Moved.")
    moved = cell(page, "Consultation 09:30\N{EN DASH}10:00 Held, Bela Costa")
    moved.focus()
    page.keyboard.press("Enter")
    panel(page).get_by_role("button", name="Move").press("Enter")
    panel(page).get_by_label("To").select_option("Anna Berg")
    first = panel(page).get_by_role("radio").first
    expect(panel(page).get_by_role("radio")).to_have_count(7)
    first.press("Space")
    panel(page).get_by_role("button", name="Move it").press("Enter")
    expect(cell(page, "Consultation 09:00\N{EN DASH}09:30 Held, Anna Berg")).to_be_visible()


def test_the_second_to_take_a_time_sees_the_refusal_and_the_taken_time(open_calendar: OpenCalendar) -> None:
    first, second = open_calendar(), open_calendar()
    for page, client in ((first, "Cleo"), (second, "Dora")):
        free(page, "Bela Costa", "10:30").click()
        panel(page).get_by_role("combobox", name="Client").fill(client)
        suggestions(page).click()
    panel(first).get_by_role("button", name="Hold only").click()
    expect(panel(first)).to_contain_text("Reserved.")
    panel(second).get_by_role("button", name="Reserve and confirm").click()
    expect(panel(second).get_by_role("alert")).to_contain_text("This time has been taken meanwhile.")
    panel(second).get_by_role("button", name="Close").click()
    expect(cell(second, "Check-up 10:30\N{EN DASH}10:45 Held, Bela Costa")).to_be_focused()


def test_a_visible_page_refreshes_and_preserves_the_focus(open_calendar: OpenCalendar) -> None:
    page, other = open_calendar(), open_calendar()
    page.get_by_label("Service").select_option("Consultation (30 min)")
    expect(page).to_have_url(re.compile("service="))
    expect(cell(page, "Open, too short for the service, 10:45, Bela Costa")).to_be_visible()
    near = free(page, "Anna Berg", "09:00")
    near.focus()
    cell(other, "Cleo Quartz").click()
    panel(other).get_by_role("button", name="Confirm").click()
    expect(status(other)).to_have_text("Confirmed.")
    expect(cell(page, "10:30 Held")).to_be_visible()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(cell(page, "10:30 Confirmed")).to_be_visible()
    expect(near).to_be_focused()
    page.get_by_role("button", name="Week").click()
    cell(page, "6 open 2 booked, Anna Berg").click()
    expect(page.get_by_role("link", name="Anna Berg")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader")).to_have_count(7)
    page.go_back()
    expect(page.get_by_role("columnheader")).to_have_count(2)
    page.go_back()
    expect(page.get_by_role("button", name="Week")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Time zone").select_option("UTC")
    page.get_by_role("button", name="All providers").click()
    panel(page).get_by_label("Find by name").fill("bel")
    panel(page).get_by_label("Bela Costa").check()
    panel(page).get_by_role("button", name="Show these").click()
    expect(page.get_by_role("button", name="Bela Costa")).to_be_visible()
    expect(page.get_by_role("columnheader")).to_have_count(7)


def test_a_phone_shows_one_column_and_never_scrolls_sideways(open_calendar: OpenCalendar) -> None:
    page = open_calendar(viewport=SMALL_PHONE, has_touch=True)

    def fits() -> bool:
        """Whether the page fits both phones."""
        is_fitting = True
        for size in (PHONE, SMALL_PHONE):
            page.set_viewport_size(size)
            is_fitting &= bool(page.evaluate(FITS))
        return is_fitting

    expect(page.get_by_role("columnheader")).to_have_text(["Anna Berg6 open"])
    page.get_by_role("button", name="Next column").tap()
    expect(page.get_by_role("columnheader")).to_have_text(["Bela Costa8 open"])
    assert fits()
    page.get_by_role("button", name="Filters").tap()
    expect(page.get_by_label("Time zone")).to_be_visible()
    assert fits()
    free(page, "Bela Costa", "10:00").tap()
    panel(page).get_by_role("combobox", name="Client").fill("dora@")
    suggestions(page).tap()
    assert fits()
    panel(page).get_by_role("button", name="Reserve and confirm").tap()
    expect(cell(page, "10:15 Confirmed")).to_be_visible()
    page.get_by_role("button", name="Week").tap()
    expect(page.get_by_role("rowheader")).to_have_count(2)
    assert fits()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(scheme: str, open_calendar: OpenCalendar, practice: dict[str, Any]) -> None:
    page = open_calendar(color_scheme=scheme)
    anna: Provider = practice["anna"]
    assert violations(page) == []
    cell(page, "Cleo Quartz").click()
    panel(page).get_by_text("Cancel it").click()
    assert violations(page) == []
    panel(page).get_by_role("button", name="Move").click()
    expect(panel(page).get_by_role("radio").first).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    free(page, "Bela Costa", "09:30").click()
    panel(page).get_by_role("combobox", name="Client").fill("d")
    expect(suggestions(page)).to_be_visible()
    assert violations(page) == []
    panel(page).get_by_text("New client").click()
    assert violations(page) == []
    for query in ("view=week", f"view=week&providers={anna.pk}"):
        page.goto(f"/admin/calendar/?date={soon().date()}&{query}")
        expect(page.get_by_role("grid")).to_be_visible()
        assert violations(page) == []
    page.set_viewport_size(PHONE)
    page.goto(f"/admin/calendar/?date={soon().date()}")
    expect(page.get_by_role("columnheader")).to_have_count(1)
    assert violations(page) == []


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """The serious and critical violations that axe finds in the calendar."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    reported = page.evaluate("async () => (await axe.run('#calendar', {resultTypes: ['violations']})).violations")
    return [
        (one["id"], [node["html"][:120] for node in one["nodes"][:3]])
        for one in reported
        if one["impact"] in ("serious", "critical")
    ]
