"""The log-in of staff with Google, against a mock provider, which exists only where its credentials are set."""

import json
from typing import Any

import pytest
from django.test import Client as Browser

from tests.accounts.test_google import run
from tests.google import CREDENTIALS, require_node

LOG_IN, INDEX, CLIENTS = "/admin/login/", "/admin/", "/admin/reservation/client/"
NOT_COMPLETED = "Google did not complete the log-in. Try again."
NO_STAFF = "No account of staff has the verified address of this Google account."
LINKED_OTHERWISE = "Your account is linked with another Google account."
URLS = """
import django
django.setup()
from allauth.socialaccount.providers.google import views
from django.conf import settings
print(views.AUTHORIZE_URL, views.ACCESS_TOKEN_URL, views.ID_TOKEN_ISSUER, settings.GOOGLE_JWKS_URL)
"""


@pytest.fixture(scope="module")
def seen() -> Any:
    require_node()
    return json.loads(run("-m", "tests.staff.google"))


def test_the_log_in_page_has_the_button(seen: Any) -> None:
    assert seen["button"] is True


@pytest.mark.parametrize("case", ["unverified", "as text", "no address", "another address", "not staff", "inactive"])
def test_only_a_verified_address_of_active_staff_logs_in(case: str, seen: Any) -> None:
    assert seen["refusals"][case] == [LOG_IN, NO_STAFF, False]


@pytest.mark.parametrize(
    "case",
    ["error of the token", "another key", "another audience", "another issuer", "expired", "cancelled"],
)
def test_what_google_did_not_assert_is_refused(case: str, seen: Any) -> None:
    assert seen["refusals"][case] == [LOG_IN, NOT_COMPLETED, False]


@pytest.mark.parametrize("case", ["no state", "state of another browser"])
def test_a_return_that_this_browser_did_not_begin_is_refused(case: str, seen: Any) -> None:
    location, *told, is_inside = seen["refusals"][case]
    assert (location, set(told), is_inside) == (LOG_IN, {NOT_COMPLETED}, False)


def test_an_address_that_its_owner_has_not_verified_here_is_refused(seen: Any) -> None:
    location, told, is_inside = seen["refusals"]["not verified here"]
    assert (location, "Verify the address" in told, is_inside) == (LOG_IN, True, False)


def test_a_refusal_makes_neither_an_account_nor_a_link(seen: Any) -> None:
    assert (seen["refusals"]["accounts"], seen["refusals"]["links"]) == (3, 0)


def test_staff_logs_in_and_gets_to_the_page_that_it_wanted(seen: Any) -> None:
    assert seen["log_ins"]["first"] == [CLIENTS, True]
    assert seen["log_ins"]["sessions"] == [True]
    assert seen["log_ins"]["again"] == [INDEX, True]


def test_a_return_is_valid_once(seen: Any) -> None:
    assert seen["log_ins"]["replayed"] == [LOG_IN, NOT_COMPLETED, False]


def test_nobody_is_led_to_another_site(seen: Any) -> None:
    assert seen["log_ins"]["elsewhere"] == [[INDEX, True]] * 3


@pytest.mark.parametrize("case", ["another subject", "subject of another"])
def test_an_account_stays_linked_with_one_google_account(case: str, seen: Any) -> None:
    assert seen["log_ins"][case] == [LOG_IN, LINKED_OTHERWISE, False]


def test_attempts_are_limited_with_those_at_the_password(seen: Any) -> None:
    assert [text.startswith("Too many") for text in seen["log_ins"]["attempts"]] == [False, False, True]


def test_returns_are_limited_before_google_is_asked(seen: Any) -> None:
    assert seen["log_ins"]["returns"] == [302, 302, 429]


def test_a_second_factor_is_asked_for(seen: Any) -> None:
    found = seen["second_factor"]
    assert found["asked"] == ["/admin/log-in/google/code/", False]
    assert found["is_authenticated"] is False, "a session began before the code was right"
    assert (found["wrong"], found["still outside"]) == ([200, 200], 302)
    assert found["right"] == [CLIENTS, True]


def test_a_code_is_valid_once(seen: Any) -> None:
    assert seen["second_factor"]["used"] == [200, False]


def test_attempts_at_codes_are_limited(seen: Any) -> None:
    assert seen["second_factor"]["guesses"] == [False, False, True]


@pytest.mark.parametrize("case", ["late", "without a log-in", "no longer staff"])
def test_a_code_alone_logs_nobody_in(case: str, seen: Any) -> None:
    assert seen["second_factor"][case] == [LOG_IN, NOT_COMPLETED, False]


def test_staff_sets_up_a_required_second_factor_first(seen: Any) -> None:
    assert seen["required"] == {"led": [INDEX, False], "set_up": True}


def test_without_credentials_it_does_not_exist(client: Browser, db: None) -> None:
    assert "Google" not in client.get(LOG_IN).content.decode()
    assert client.get("/admin/log-in/google/")["Location"].startswith("/admin/login/")  # as every unknown path


def test_only_tests_can_replace_google() -> None:
    production = {
        "DJANGO_SETTINGS_MODULE": "settings.production",
        "SECRET_KEY": "not-a-secret-" * 5,
        "EMAIL_URL": "smtp://localhost:25",
    }
    urls = run("-c", URLS, TEST_GOOGLE_SERVER="http://localhost:1", **CREDENTIALS, **production).split()
    assert [url.split("/")[2] for url in urls] == [
        "accounts.google.com",
        "oauth2.googleapis.com",
        "accounts.google.com",
        "www.googleapis.com",
    ]
