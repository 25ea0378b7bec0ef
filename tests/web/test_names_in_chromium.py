"""A name that turns round the direction of text turns round nothing but itself, wherever a page shows it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from reservation.models import Reservation
from tests.factories import make_appointments, make_booking, make_client, make_provider, make_service, make_user
from tests.web.browser import Visitor, in_database, visiting

NOON = datetime.combine(timezone.now().date() + timedelta(days=2), datetime.min.time(), UTC) + timedelta(hours=12)
CLIENT, PROVIDER, SERVICE = "\u202eEmil", "\u202eLena", "\u202eHaircut"

NOT_ISOLATED = """names => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  const skipped = "script, template, option, title, textarea, [hidden]";
  while (walker.nextNode()) {
    const { parentElement: parent, data } = walker.currentNode;
    if (!names.some((name) => data.includes(name)) || parent.closest(skipped)) continue;
    // In a box of its own, with nothing beside it, a name needs no <bdi>.
    const isAlone = getComputedStyle(parent).display !== "inline" && names.includes(parent.textContent.trim());
    if (!parent.closest("bdi") && !isAlone) found.push(parent.outerHTML.slice(0, 200));
  }
  return found;
}"""


@pytest.fixture
def booking(transactional_db: None) -> Reservation:
    """A booking whose people and service have names that an earlier version let in."""
    service = make_service(name=SERVICE)
    provider = make_provider(name=PROVIDER, services=(service,), time_zone="Europe/Berlin")
    make_appointments(provider, starts_at=NOON + timedelta(hours=1), number=2)
    client = make_client(user=make_user(email="emil@example.com", password="correct horse battery staple"))
    type(client).objects.update(name=CLIENT)
    make_user(email="staff@example.com", is_staff=True, is_superuser=True)
    return make_booking(client=client, provider=provider, service=service, starts_at=NOON, now=timezone.now())


@pytest.fixture
def visitor(chromium: Browser, origin: str, booking: Reservation) -> Iterator[Visitor]:
    with visiting(chromium, origin) as visitor:
        yield visitor


def shown(page: Page, *names: str) -> list[str]:
    """Asserts that the page shows these names; returns the elements in which one is not isolated."""
    for name in names:
        expect(page.get_by_text(name).first).to_be_attached()
    found: list[str] = page.evaluate(NOT_ISOLATED, [CLIENT, PROVIDER, SERVICE])
    return found


def test_names_on_the_booking_page_are_isolated(visitor: Visitor) -> None:
    page = visitor.page("/book", zone="America/New_York")
    page.get_by_role("link", name=SERVICE).click()
    page.get_by_role("link", name=PROVIDER).click()
    expect(page.locator("#zone bdi", has_text=PROVIDER)).to_be_visible()
    page.locator("#times a").first.click()
    expect(page.locator("#chosen bdi", has_text=SERVICE).first).to_be_visible()
    assert shown(page, SERVICE, PROVIDER) == []
    # And the sentence reads on from left to right after the name.
    is_in_order = """() => {
      const name = document.querySelector("#zone bdi:nth-of-type(2)"), range = new Range();
      range.selectNodeContents(name.nextSibling);
      return range.getClientRects()[0].left >= name.getBoundingClientRect().right - 1;
    }"""
    assert page.locator("#zone bdi").nth(1).text_content() == PROVIDER
    assert page.evaluate(is_in_order)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/admin/", []),
        ("/admin/reservation/client/", [CLIENT]),
        ("/admin/reservation/provider/", [PROVIDER]),
        ("/admin/reservation/service/", [SERVICE]),
        ("/admin/reservation/reservation/", [CLIENT, PROVIDER, SERVICE]),
        ("/admin/reservation/appointment/", [PROVIDER]),
        (f"/admin/calendar/?date={NOON:%Y-%m-%d}", [CLIENT, PROVIDER, SERVICE]),
        (f"/admin/calendar/?date={NOON:%Y-%m-%d}&view=week", [CLIENT]),
    ],
)
def test_names_on_the_pages_of_staff_are_isolated(path: str, names: list[str], visitor: Visitor) -> None:
    page = log_in_as_staff(visitor)
    page.goto(path)
    assert shown(page, *names) == []


def test_names_in_the_panel_of_the_calendar_are_isolated(visitor: Visitor, booking: Reservation) -> None:
    page = log_in_as_staff(visitor)
    page.goto(f"/admin/calendar/?date={NOON:%Y-%m-%d}")
    page.locator(f"[data-reservation='{booking.pk}']").click()
    expect(page.locator("#cal-panel-title bdi")).to_have_text(CLIENT)
    assert shown(page, CLIENT, PROVIDER, SERVICE) == []
    page.get_by_role("button", name="Move…").click()
    expect(page.locator("#cal-panel-title")).to_have_text(f"Move {CLIENT}")
    assert shown(page, CLIENT, PROVIDER, SERVICE) == []


def log_in_as_staff(visitor: Visitor) -> Page:
    """Returns a page with a session of staff."""

    def session_key() -> str:
        user = type(make_user()).objects.get(email="staff@example.com")
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        return str(session.session_key)

    page = visitor.page("/book")
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": in_database(session_key), "url": visitor.origin}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    return page
