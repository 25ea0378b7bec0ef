"""The home page in a browser: its example runs, and it shows the service's health."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tests.factories import make_appointments, make_provider
from tests.web.browser import Visitor, check_accessibility, visiting


@pytest.fixture
def visitor(chromium: Browser, origin: str, transactional_db: None) -> Iterator[Visitor]:
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    make_appointments(make_provider(name="Robin Ray"), starts_at=start)
    with visiting(chromium, origin) as visitor:
        yield visitor


def test_it_shows_the_health_and_the_response_to_the_example(visitor: Visitor) -> None:
    page = visitor.page("/")
    expect(page.locator("#health")).to_have_text("Up and well")
    expect(page.locator("#document")).to_contain_text("nextOpenAppointment")
    expect(page.locator("#answer")).to_contain_text('"name": "Robin Ray"')
    expect(page.locator("#took")).to_contain_text("Answered in")
    with page.expect_response("**/graphql/") as answer:
        page.get_by_role("button", name="Run it again").click()
    assert answer.value.ok
    check_accessibility(page)
    places = page.get_by_role("navigation", name="Where to go").get_by_role("link")
    assert places.count() >= 4
    for path in places.evaluate_all("links => links.map((link) => link.getAttribute('href'))"):
        assert page.request.get(path, headers={"accept": "text/html"}).ok, path
    page.get_by_role("link", name="Deutsch").click()
    expect(page.locator("#health")).to_have_text("Läuft einwandfrei")
    check_accessibility(page)
    page.get_by_role("link", name="Termin buchen").click()
    expect(page.get_by_role("heading", name="Termin buchen")).to_be_visible()


def test_outages_are_reported(visitor: Visitor) -> None:
    page = visitor.context().new_page()
    page.route("**/health/", lambda route: route.fulfill(json={"status": "degraded"}))
    page.route("**/graphql/", lambda route: route.abort())
    page.goto("/")
    expect(page.locator("#health")).to_have_text("Up, with a part unavailable")
    expect(page.locator("#took")).to_have_text("No answer: try again in a moment")
    visitor.forget_errors(about="net::ERR_")
