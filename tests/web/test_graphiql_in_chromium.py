"""GraphiQL in a browser, against a server."""

import json
import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import make_appointments, make_client, make_hold, make_provider, make_service, make_user
from tests.web.conftest import Open

EMAIL, PASSWORD = "cleo@example.com", "correct horse battery staple"
VIEWER = "{ viewer { email } }"
ANSWER = ".result-window"
BAD_REQUEST = "Failed to load resource: the server responded with a status of 400 (Bad Request)"
UNAUTHORIZED = "Failed to load resource: the server responded with a status of 401 (Unauthorized)"


@pytest.fixture(autouse=True)
def _rows(transactional_db: None) -> None:
    """Creates an account, and appointments next week."""
    client = make_client(user=make_user(email=EMAIL, password=PASSWORD, is_staff=True, is_superuser=True), name="Cleo")
    now = timezone.now()
    monday = datetime.combine(now.date() + timedelta(days=7 - now.weekday()), time(9), UTC)
    service = make_service(name="Massage")
    provider = make_provider(name="Robin Ray", services=(service,))
    make_appointments(provider, starts_at=monday + timedelta(days=1), number=4)
    make_hold(client=client, provider=provider, starts_at=monday + timedelta(days=2), now=now)


def log_in(page: Page, *, password: str = PASSWORD) -> None:
    page.get_by_role("button", name="Log in").first.click()
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def run(page: Page) -> None:
    page.get_by_role("button", name="Execute query").click()


def session_of(page: Page) -> Any:
    return json.loads(page.evaluate("sessionStorage.getItem('session')") or "null")


def test_the_schema_is_introspected(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name="Show Documentation Explorer").click()
    page.get_by_role("link", name="Query", exact=True).click()
    expect(page.get_by_role("link", name="openAppointments")).to_be_visible()


def test_a_query_is_run(open_page: Open) -> None:
    page = open_page()
    run(page)
    expect(page.locator(ANSWER)).to_contain_text("Robin Ray")


def test_the_address_fills_the_editors(open_page: Open) -> None:
    query = "query One { viewer { email } } query Two($is: Boolean!) { viewer { isStaff @include(if: $is) } }"
    page = open_page(query=query, variables='{"is": true}', operationName="Two")
    expect(page.locator(".graphiql-query-editor")).to_contain_text("query One { viewer { email } }")
    run(page)
    expect(page.locator(ANSWER)).to_contain_text('"isStaff": false')


def test_operations_are_sent_as_the_logged_in_account(open_page: Open) -> None:
    page = open_page(query=VIEWER)
    log_in(page)
    expect(page.locator("#who")).to_have_text(EMAIL)
    run(page)
    expect(page.locator(ANSWER)).to_contain_text(f'"email": "{EMAIL}"')
    page.reload()
    expect(page.locator("#who")).to_have_text(EMAIL)
    assert session_of(page)["access"] not in page.evaluate("JSON.stringify(localStorage) + document.cookie")


def test_logging_out_ends_the_session(open_page: Open, origin: str, errors: list[str]) -> None:
    page = open_page(query=VIEWER)
    log_in(page)
    expect(page.locator("#who")).to_be_visible()
    refresh_token = session_of(page)["refresh"]
    with page.expect_response("**/auth/session"):
        page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_focused()
    assert session_of(page) is None
    run(page)
    expect(page.locator(ANSWER)).to_contain_text('"email": null')
    answer = page.request.post(f"{origin}/auth/app/v1/tokens/refresh", data={"refresh_token": refresh_token})
    assert answer.status == 400
    errors.remove(UNAUTHORIZED)  # allauth's response to a log-out


def test_a_wrong_password_is_refused_in_a_sentence(open_page: Open, errors: list[str]) -> None:
    page = open_page()
    log_in(page, password="wrong")
    expect(page.get_by_role("alert")).to_have_text("The email address and/or password you specified are not correct.")
    expect(page.get_by_label("Password")).to_be_focused()
    assert session_of(page) is None
    errors.remove(BAD_REQUEST)


def test_concurrent_requests_renew_an_expired_token_once(open_page: Open, errors: list[str]) -> None:
    page = open_page()
    log_in(page)
    expect(page.locator("#who")).to_be_visible()
    before = session_of(page)
    page.evaluate("session.stored = { ...session.stored, access: 'expired' }")
    emails = page.evaluate(
        "Promise.all([1, 2, 3].map(async () => (await fetchData('{ viewer { email } }')).viewer.email))",
    )
    assert emails == [EMAIL] * 3
    assert session_of(page)["email"] == EMAIL
    assert session_of(page)["refresh"] != before["refresh"]
    assert errors == [UNAUTHORIZED] * 3
    errors.clear()


def test_an_expired_session_is_reported(open_page: Open, errors: list[str]) -> None:
    page = open_page(query=VIEWER)
    page.evaluate("session.stored = { email: 'cleo@example.com', access: 'x', refresh: 'x' }")
    run(page)
    expect(page.get_by_role("status")).to_have_text("Your session is over. Log in again.")
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    expect(page.locator(ANSWER)).to_contain_text("UNAUTHENTICATED")
    assert errors == [UNAUTHORIZED, BAD_REQUEST]
    errors.clear()


def test_an_example_opens_with_variables_that_work(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name="Examples").click()
    page.get_by_role("button", name=re.compile("^Open appointments")).click()
    expect(page.get_by_role("tab", name="OpenAppointmentsQuery")).to_be_visible()
    expect(page.locator(".graphiql-editor-tool")).to_contain_text("startsFrom")
    run(page)
    expect(page.locator(ANSWER)).to_contain_text("Robin Ray")


def test_every_example_has_what_the_schema_requires(open_page: Open) -> None:
    page = open_page()
    log_in(page)
    expect(page.locator("#who")).to_be_visible()
    answers = page.evaluate("""
        (async () => {
          const answers = {};
          for (const { value: query } of exampleList.querySelectorAll("button")) {
            const variables = exampleVariables(query, schema, await findIds(fetchData));
            const [, name] = /(?:query|mutation) (\\w+)/.exec(query);
            answers[name] = await fetcher({ query, variables });
          }
          return answers;
        })()
    """)
    assert len(answers) > 20
    assert {name: answer for name, answer in answers.items() if "errors" in answer} == {}
    assert answers["ReserveAppointmentMutation"]["data"]["reserveAppointment"]["userErrors"] == []


def test_menus_dialogs_and_themes_keep_to_the_policy(open_page: Open) -> None:
    page = open_page(query="query One { viewer { email } } query Two { __typename }")
    run(page)
    page.get_by_role("menuitem", name="Two").click()
    expect(page.locator(ANSWER)).to_contain_text('"__typename": "Query"')
    page.get_by_role("button", name="Open settings dialog").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("body.graphiql-dark")).to_have_css("background-color", "rgb(20, 25, 22)")


def test_the_bar_fits_a_phone(open_page: Open) -> None:
    page = open_page()
    page.set_viewport_size({"width": 320, "height": 640})
    log_in(page)
    expect(page.locator("#who")).to_be_visible()
    for control in (".name", "#examples", "#log-out", "#who"):
        box = page.locator(control).bounding_box()
        assert box is not None
        assert (box["x"] >= 0, box["x"] + box["width"] <= 320) == (True, True), control
    assert page.evaluate("document.documentElement.scrollWidth") == 320
