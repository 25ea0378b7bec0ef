"""The log-in of GraphiQL asks for a code if the account has a second factor."""

import pytest
from playwright.sync_api import expect

from tests.accounts.authenticator import code, give_second_factor, wrong_code
from tests.factories import make_client, make_user
from tests.web.conftest import Open
from tests.web.test_graphiql_in_chromium import BAD_REQUEST, UNAUTHORIZED

EMAIL, PASSWORD = "cleo@example.com", "correct-horse-9"


@pytest.fixture(autouse=True)
def _account(transactional_db: None) -> None:
    give_second_factor(make_client(user=make_user(email=EMAIL, password=PASSWORD)).user)


def test_the_code_is_asked_for_after_the_password(open_page: Open, errors: list[str]) -> None:
    page = open_page()
    page.get_by_role("button", name="Log in").first.click()
    expect(page.get_by_label("Code")).to_be_hidden()
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Enter a code of your authenticator app.")
    expect(page.get_by_label("Code")).to_be_focused()
    page.keyboard.insert_text(wrong_code())
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Incorrect code.")
    page.get_by_label("Code").fill(code())
    page.keyboard.press("Enter")
    expect(page.locator("#who")).to_have_text(EMAIL)
    assert set(errors) == {UNAUTHORIZED, BAD_REQUEST}  # logged by the browser for the refusals
    errors.clear()
