"""swagger-ui in Chromium, on a server with the test database: under its policy, with a session and with a token."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.factories import make_user
from tests.races.conftest import access_token
from tests.web.browser import AXE, visiting
from web.assets import are_installed
from web.openapi import SWAGGER_UI_FILES

EMAIL, PASSWORD = "staff@example.com", "correct-horse-9"
VIEWER = "{ viewer { email } }"


@pytest.fixture
def staff_origin(origin: str) -> str:
    """The origin of a server where the description is for staff, which needs no second factor here."""
    if not are_installed(SWAGGER_UI_FILES):
        pytest.skip("swagger-ui's files are missing: script/assets installs them.")
    return origin


@pytest.fixture
def token(transactional_db: None) -> str:
    """The access token of a member of staff, who also has a password."""
    return access_token(make_user(email=EMAIL, password=PASSWORD, is_staff=True))


@pytest.fixture
def page(chromium: Browser, staff_origin: str, token: str) -> Iterator[Page]:
    """The page in a new browser, to which staff was led by the log-in."""
    with visiting(chromium, staff_origin) as visitor:
        page = visitor.page("/openapi/")
        page.get_by_label("Email").fill(EMAIL)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_text("Health and metrics, for load balancers")).to_be_visible()
        yield page


def open_operation(page: Page, tag: str, operation: str) -> Locator:
    """Opens an operation for trying it, and returns its element."""
    page.locator(f"[data-tag='{tag}']").click()
    block = page.locator(f"#operations-{tag}-{operation}")
    block.locator(".opblock-summary-control").first.click()
    block.get_by_role("button", name="Try it out").click()
    return block


def execute(block: Locator) -> Locator:
    """Sends the request; returns the element with the response, whose status is 200."""
    block.get_by_role("button", name="Execute", exact=True).click()
    response = block.locator(".live-responses-table")
    expect(response.locator(".response-col_status").last).to_contain_text("200")
    return response


def test_staff_is_led_to_the_page_and_tries_an_operation_with_its_session(page: Page) -> None:
    block = open_operation(page, "GraphQL", "post_graphql_")
    expect(execute(block)).to_contain_text("nextOpenAppointment")
    block.locator("textarea").fill(json.dumps({"query": VIEWER}))
    expect(execute(block)).to_contain_text(EMAIL)


def test_an_operation_is_tried_with_a_token(page: Page, token: str) -> None:
    """A GET has no credentials but a token."""
    block = open_operation(page, "GraphQL", "get_graphql_")
    block.get_by_placeholder("query").fill(VIEWER)
    expect(execute(block)).not_to_contain_text(EMAIL)
    page.get_by_role("button", name="Authorize").first.click()
    dialog = page.locator(".dialog-ux .modal-ux")
    scheme = dialog.locator(".auth-container").filter(has_text="accessToken")
    scheme.locator("input").fill(token)
    scheme.locator("button.authorize").click()
    dialog.get_by_role("button", name="Close").first.click()
    expect(execute(block)).to_contain_text(EMAIL)


def test_the_page_is_usable_on_a_phone_and_by_keyboard(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    execute(open_operation(page, "GraphQL", "post_graphql_"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Appointments").focus()
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#swagger-ui').contains(document.activeElement)")


def test_our_part_of_the_page_is_accessible(page: Page) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is missing: script/npm tests/node fetches it.")
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({exclude: [['.swagger-ui']]})")
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"]] == []
