"""Rate limits on password attempts: an account is locked for longer and longer, independently of the cache."""

from typing import Any

import pytest
from allauth.account.signals import password_reset
from django.core.cache import cache

from ops import rate_limit
from reservation.models import User
from tests.accounts.authenticator import code, give_second_factor, wrong_code
from tests.api.application import Application
from tests.conftest import CREDENTIALS, Send

WRONG = {**CREDENTIALS, "password": "wrong"}


@pytest.fixture(autouse=True)
def limits(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.LOG_IN_ATTEMPTS, settings.PROCESSES = 3, 1
    monkeypatch.setattr(rate_limit, "_rate_limiters", {})


def codes(send: Send, body: dict[str, str], times: int) -> list[str]:
    found = []
    for _ in range(times):
        cache.clear()  # allauth's own counts
        response = send("auth/login", body).json()
        found.append(response["errors"][0]["code"] if "errors" in response else "logged in")
    return found


def test_an_account_is_locked_after_too_many_attempts(send: Send, user: User) -> None:
    assert codes(send, WRONG, 4) == ["email_password_mismatch"] * 3 + ["too_many_login_attempts"]
    assert codes(send, CREDENTIALS, 1) == ["too_many_login_attempts"]
    assert codes(send, {**WRONG, "email": "CLEO@example.com"}, 1) == ["too_many_login_attempts"]
    assert codes(send, {**WRONG, "email": "other@example.com"}, 1) == ["email_password_mismatch"]


def test_attempts_are_counted_for_the_mailbox_however_its_address_is_spelled(send: Send, user: User) -> None:
    user.email = "cleo@b\u00fccher.example"
    user.save()
    spellings = ("cleo@b\u00fccher.example", "CLEO@xn--bcher-kva.example", "cleo@bu\u0308cher.example")
    found = [codes(send, {**WRONG, "email": email}, 1) for email in (*spellings, spellings[0])]
    assert found == [["email_password_mismatch"]] * 3 + [["too_many_login_attempts"]]
    assert codes(send, {**WRONG, "email": "cleo@bucher.example"}, 1) == ["email_password_mismatch"]


def test_the_right_password_resets_the_attempts(send: Send, user: User) -> None:
    for _ in range(3):
        assert codes(send, WRONG, 2) == ["email_password_mismatch"] * 2
        assert codes(send, CREDENTIALS, 1) == ["logged in"]


def test_a_new_password_unlocks_the_account(send: Send, user: User) -> None:
    assert codes(send, WRONG, 4)[-1] == "too_many_login_attempts"
    password_reset.send(User, user=user)
    assert codes(send, CREDENTIALS, 1) == ["logged in"]


def test_longer_windows_have_lower_rates(settings: Any) -> None:
    from accounts.attempts import attempt_rates

    assert [(rate.tokens, rate.seconds) for rate in attempt_rates()] == [(3, 600), (6, 3600), (12, 86_400)]
    settings.LOG_IN_ATTEMPTS = 0
    assert attempt_rates() == []


def test_codes_are_limited_for_each_log_in_and_do_not_reset_the_password_attempts(send: Send, user: User) -> None:
    give_second_factor(user)
    device = Application()
    assert device.log_in(**CREDENTIALS).status_code == 401
    statuses = []
    for _ in range(4):
        cache.clear()
        statuses.append(device("POST", "auth/2fa/authenticate", code=wrong_code()).status_code)
    assert statuses == [400] * 3 + [429]
    assert codes(send, CREDENTIALS, 3)[-1] == "too_many_login_attempts"


def test_the_right_code_resets_the_attempts(send: Send, user: User) -> None:
    give_second_factor(user)
    assert codes(send, WRONG, 2) == ["email_password_mismatch"] * 2
    device = Application()
    device.log_in(**CREDENTIALS)
    assert device("POST", "auth/2fa/authenticate", code=code()).status_code == 200
    assert codes(send, WRONG, 3) == ["email_password_mismatch"] * 3
