"""Rate limits on password attempts: an account is locked for longer and longer, independently of the cache."""

from typing import Any

import pytest
from allauth.account.signals import password_reset
from django.core.cache import cache
from django.test import Client as Browser

from ops import rate_limit
from reservation.models import User
from tests.accounts.authenticator import code, give_second_factor, wrong_code
from tests.api.application import Application, codes_of
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


NEW = "battery-staple-7"


class Ways:
    """All ways to try the password of a member of staff, each with a session of its own."""

    def __init__(self, user: User) -> None:
        self.phone, self.browser = Application(), Browser()
        self.phone.log_in(**CREDENTIALS)
        self.browser.force_login(user)

    def log_in(self, password: str) -> bool:
        return bool(Application().log_in(**CREDENTIALS | {"password": password}).status_code == 200)

    def reauthenticate(self, password: str) -> bool:
        return bool(self.phone("POST", "auth/reauthenticate", password=password).status_code == 200)

    def change(self, password: str) -> bool:
        fields = {"current_password": password, "new_password": NEW}
        return bool(self.phone("POST", "account/password/change", **fields).status_code == 401)

    def log_in_to_admin(self, password: str) -> bool:
        fields = {"username": CREDENTIALS["email"], "password": password}
        return bool(Browser().post("/admin/login/", fields).status_code == 302)

    def change_in_admin(self, password: str) -> bool:
        fields = {"old_password": password, "new_password1": NEW, "new_password2": NEW}
        return bool(self.browser.post("/admin/password_change/", fields).status_code == 302)


WAYS = ("log_in", "reauthenticate", "change", "log_in_to_admin", "change_in_admin")


@pytest.mark.parametrize("first", WAYS)
@pytest.mark.parametrize("second", WAYS)
def test_all_ways_to_try_a_password_share_one_count(first: str, second: str, user: User) -> None:
    User.objects.update(is_staff=True, is_superuser=True)
    ways = Ways(User.objects.get())
    for _ in range(3):
        cache.clear()
        assert not getattr(ways, first)("wrong")
    cache.clear()
    assert not getattr(ways, second)(CREDENTIALS["password"])
    rate_limit._rate_limiters.clear()
    cache.clear()
    assert getattr(ways, second)(CREDENTIALS["password"])


def test_too_many_attempts_at_a_change_have_a_code(user: User) -> None:
    phone = Application()
    phone.log_in(**CREDENTIALS)
    found = []
    for _ in range(4):
        cache.clear()
        found += codes_of(phone("POST", "account/password/change", current_password="wrong", new_password=NEW))
    assert found == ["enter_current_password"] * 3 + ["too_many_login_attempts"]


def test_the_right_password_in_a_session_resets_the_attempts_with_a_second_factor_too(user: User) -> None:
    phone = Application()
    phone.log_in(**CREDENTIALS)
    give_second_factor(user)
    statuses = []
    for _ in range(5):
        cache.clear()
        statuses.append(phone("POST", "auth/reauthenticate", password=CREDENTIALS["password"]).status_code)
    assert statuses == [200] * 5


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
