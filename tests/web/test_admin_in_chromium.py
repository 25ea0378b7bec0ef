"""The admin in Chromium: every kind of page opens, without an error or a violation of the content security policy."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from reservation.domain.reservation import reserve
from tests.accounts.authenticator import SECRET, code, give_second_factor
from tests.factories import caller, make_appointments, make_client, make_provider, make_service, make_user, minutes
from tests.servers import HOST, serve, url_of_test_database
from tests.web.conftest import REPORT_VIOLATIONS, TIMEOUT_MILLISECONDS

EMAIL, PASSWORD = "staff@example.com", "correct-horse-9"
NOUNS = ("appointment", "client", "provider", "reservation", "service", "user")
FILTERS = {
    "appointment": "?state=held",
    "client": "?q=some&o=-1",
    "provider": "?is_active__exact=1",
    "reservation": "?state=held&when=ahead",
    "user": "?is_staff__exact=1",
}
AXE = Path(settings.BASE_DIR, "tests", "node", "node_modules", "axe-core", "axe.min.js")
OWN_PARTS = ("#content-main", "main", ".dates", ".pages", ".page-tools")
"""The parts of a page that are not the theme's."""


@pytest.fixture
def strict_origin(needs_chromium: None, django_db_setup: None) -> Iterator[str]:
    """The origin of a gunicorn on the test database, where staff needs a second factor.

    Each test has a server of its own, because a server caches content types and the codes that were used.
    """
    with serve(database_url=url_of_test_database(), workers=1, threads=4, STAFF_MFA_REQUIRED="true") as port:
        yield f"http://{HOST}:{port}"


@pytest.fixture
def has_second_factor() -> bool:
    return True


@pytest.fixture
def rows(transactional_db: None, has_second_factor: bool) -> None:
    """A row of each kind."""
    staff = make_user(email=EMAIL, password=PASSWORD, is_staff=True, is_superuser=True)
    if has_second_factor:
        give_second_factor(staff)
    now = timezone.now()
    start = now.replace(minute=0, second=0, microsecond=0) + minutes(48 * 60)
    appointments = make_appointments(make_provider(services=(make_service(),)), starts_at=start, number=2)
    reserve(caller=caller(make_client()), appointment_id=appointments[0].pk, now=now)


@pytest.fixture
def page(chromium: Browser, strict_origin: str, rows: None) -> Iterator[Page]:
    """A page in a new context. Afterwards, no error may have been logged, and no request sent to another host."""
    errors: list[str] = []
    hosts = set()

    def note_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(f"{page.url}: {message.text}")

    def note_request(request: Request) -> None:
        if not request.url.startswith("data:"):
            hosts.add("/".join(request.url.split("/")[:3]))

    page = chromium.new_page(base_url=strict_origin)
    page.set_default_timeout(TIMEOUT_MILLISECONDS)
    page.add_init_script(REPORT_VIOLATIONS)
    page.on("console", note_console)
    page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
    page.on("request", note_request)
    yield page
    page.context.close()
    assert errors == []
    assert hosts == {strict_origin}


Visit = Callable[[str], None]


@pytest.fixture
def visit(page: Page) -> Visit:
    """Opens a page of the admin, and checks its status and content security policy."""

    def visit(path: str) -> None:
        response = page.goto(f"/admin/{path}")
        assert response is not None
        assert (path, response.status) == (path, 200)
        assert "default-src 'self'" in response.headers["content-security-policy"]

    return visit


def log_in(page: Page, code: str = "") -> None:
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Log in").click()


def violations(page: Page) -> list[tuple[str, str]]:
    """The serious and critical violations that axe-core finds in the own parts of the page."""
    if not AXE.exists():
        pytest.skip("axe-core is missing: script/npm fetches it.")
    page.evaluate(AXE.read_text())
    selectors = page.evaluate("all => all.filter((selector) => document.querySelector(selector))", list(OWN_PARTS))
    found: dict[str, Any] = page.evaluate("include => axe.run({include})", [[one] for one in selectors])
    return [
        (page.url, f"{one['id']}: {one['nodes'][0]['html'][:200]}")
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


def test_staff_walks_through_the_admin(page: Page, visit: Visit) -> None:
    found: list[tuple[str, str]] = []
    visit("")
    found += violations(page)
    log_in(page)
    expect(page.get_by_text("Enter a code of your authenticator app.")).to_be_visible()
    log_in(page, code())
    expect(page.get_by_role("heading", name="Needs attention")).to_be_visible()
    found += violations(page)
    for noun in NOUNS:
        visit(f"reservation/{noun}/{FILTERS.get(noun, '')}")
        expect(page.locator("#result_list tbody tr").first).to_be_visible()
        if noun in ("reservation", "client"):
            found += violations(page)
        page.locator("#result_list tbody th a").first.click()  # its page, and its history
        page.get_by_role("link", name="History").click()
        expect(page.locator("#content")).to_be_visible()
    for noun in ("client", "provider", "service", "user"):
        visit(f"reservation/{noun}/add/")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".errornote").first).to_be_visible()
    for path in ("password_change/", "sessions/", "auth/group/", "auth/group/add/", "reservation/client/import/"):
        visit(path)
    visit("sessions/")
    found += violations(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 800})
    for path in ("", "reservation/reservation/", "sessions/"):
        visit(path)
        found += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    assert found == []


def test_the_other_pages_obey_the_policy(page: Page, visit: Visit) -> None:
    visit("")
    log_in(page, code())
    expect(page.get_by_role("heading", name="Needs attention")).to_be_visible()
    page.goto("/auth/openapi.html")
    expect(page.get_by_text("Health and metrics, for load balancers")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", name="Appointments")).to_be_visible()


def test_staff_confirms_a_reservation_and_cancels_it_with_a_reason(page: Page, visit: Visit) -> None:
    visit("reservation/reservation/")
    log_in(page, code())
    page.locator("input.action-select").first.check()
    page.locator("select[name=action]").select_option("confirm")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("Done: 1.")).to_be_visible()
    expect(page.get_by_role("cell", name="Confirmed", exact=True)).to_be_visible()
    page.locator("#result_list tbody th a").first.click()
    page.get_by_role("button", name="Cancel…").click()
    page.get_by_label("Reason").fill("The provider is ill.")
    page.get_by_role("button", name="Cancel 1 reservation").click()
    expect(page.get_by_text("Done: 1.")).to_be_visible()
    expect(page.get_by_role("cell", name="Cancelled", exact=True)).to_be_visible()


def test_staff_adds_a_client_and_picks_from_the_list_of_a_form(page: Page, visit: Visit) -> None:
    visit("reservation/client/add/")
    log_in(page, code())
    page.locator("input[name=email]").fill("somebody@example.com")
    page.locator("input[name=name]").fill("Somebody")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully.")).to_be_visible()
    visit("reservation/provider/add/")
    page.locator("input[name=email]").fill("anna@example.com")
    page.locator("input[name=name]").fill("Anna")
    page.locator(".select2-selection").first.click()
    page.locator(".select2-results__option", has_text="Some Service").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully.")).to_be_visible()
    page.get_by_text(EMAIL).first.click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="You have been successfully logged out")).to_be_visible()


@pytest.mark.parametrize("has_second_factor", [False])
def test_the_first_member_of_staff_sets_a_second_factor_up(page: Page, visit: Visit) -> None:
    visit("")
    log_in(page)
    expect(page.get_by_role("heading", name="Set up your second factor")).to_be_visible()
    assert violations(page) == []
    assert page.get_by_alt_text("The key, as a QR code").evaluate("picture => picture.naturalWidth") > 0
    secret = page.locator("#content-main code").inner_text()
    assert secret != SECRET
    page.get_by_label("code").fill(code(secret))
    page.get_by_role("button", name="Set up").click()
    assert page.locator("#content-main li code").count() == 10
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("heading", name="Needs attention")).to_be_visible()
