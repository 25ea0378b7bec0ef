"""Second factors over the API: setup, log-in, attempts, recovery and removal; and staff's rights."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache

from reservation.models import User
from tests.accounts.authenticator import code, give_second_factor, wrong_code
from tests.api.application import Application, codes_of, pending_flows
from tests.conftest import CREDENTIALS

TOTP, RECOVERY = "account/authenticators/totp", "account/authenticators/recovery-codes"


@pytest.fixture(autouse=True)
def _no_earlier_attempts() -> None:
    cache.clear()


@pytest.fixture
def phone(user: User) -> Application:
    return Application("phone")


@pytest.fixture
def required(user: User, settings: Any) -> None:
    """Makes the user staff, and a second factor required for staff."""
    User.objects.update(is_staff=True)
    settings.STAFF_MFA_REQUIRED = True


def reauthenticate(phone: Application) -> None:
    assert phone("POST", "auth/reauthenticate", password=CREDENTIALS["password"]).status_code == 200


def set_up(phone: Application) -> str:
    """Sets TOTP up as an application does. Returns its secret."""
    secret = str(phone("GET", TOTP).json()["meta"]["secret"])
    assert phone("POST", TOTP, code=code(secret)).status_code == 200
    return secret


@pytest.mark.django_db(transaction=True)  # the mail is sent after the commit
def test_setup_takes_the_password_and_a_code(phone: Application, user: User) -> None:
    phone.log_in(**CREDENTIALS)
    offered = phone("GET", TOTP)
    secret = offered.json()["meta"]["secret"]
    assert (offered.status_code, offered.json()["meta"]["totp_url"].startswith("otpauth://totp/")) == (404, True)
    assert phone("POST", TOTP, code=code(secret)).status_code == 401, "the password is required again"
    reauthenticate(phone)
    assert codes_of(phone("POST", TOTP, code=wrong_code(secret))) == ["incorrect_code"]
    assert not Authenticator.objects.exists()
    assert phone("POST", TOTP, code=code(secret)).status_code == 200
    assert [message.to for message in mail.outbox] == [[user.email]]
    assert len(phone("GET", RECOVERY).json()["data"]["unused_codes"]) == 10


def test_log_in_then_takes_a_code(phone: Application, user: User) -> None:
    give_second_factor(user)
    answer = phone.log_in(**CREDENTIALS)
    assert (answer.status_code, pending_flows(answer), phone.access) == (401, ["mfa_authenticate"], None)
    assert codes_of(phone("POST", "auth/2fa/authenticate", code=wrong_code())) == ["incorrect_code"]
    assert phone("GET", "auth/sessions").status_code == 401
    assert phone("POST", "auth/2fa/authenticate", code=code()).status_code == 200
    assert phone.ask("{ viewer { email } }") == {"data": {"viewer": {"email": user.email}}}


def test_a_code_is_valid_for_one_log_in(phone: Application, user: User) -> None:
    give_second_factor(user)
    shown = code()
    for application, status in ((phone, 200), (Application(), 400)):
        application.log_in(**CREDENTIALS)
        assert application("POST", "auth/2fa/authenticate", code=shown).status_code == status


def test_a_recovery_code_is_valid_once(user: User) -> None:
    first, second, *_ = give_second_factor(user)
    for given, status in ((first, 200), (first, 400), (second, 200)):
        application = Application()
        application.log_in(**CREDENTIALS)
        assert application("POST", "auth/2fa/authenticate", code=given).status_code == status


def test_attempts_at_codes_are_limited_across_log_ins(user: User) -> None:
    give_second_factor(user)
    answers = []
    for _ in range(6):
        application = Application()
        application.log_in(**CREDENTIALS)
        answers += codes_of(application("POST", "auth/2fa/authenticate", code=wrong_code()))
    assert answers == [*["incorrect_code"] * 5, "too_many_login_attempts"]


def test_removal_takes_a_recent_password(phone: Application, user: User) -> None:
    give_second_factor(user)
    phone.log_in(**CREDENTIALS)
    phone("POST", "auth/2fa/authenticate", code=code())
    assert phone("DELETE", TOTP).status_code == 401
    reauthenticate(phone)
    assert phone("DELETE", TOTP).status_code == 200
    assert not Authenticator.objects.exists()
    assert Application().log_in(**CREDENTIALS).status_code == 200


def test_staff_without_the_required_second_factor_has_no_staff_rights(phone: Application, required: None) -> None:
    assert phone.log_in(**CREDENTIALS).status_code == 200
    assert not phone.is_staff
    refused = phone.ask("{ clients { nodes { id } } }")
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["FORBIDDEN"]


def test_a_code_gives_staff_rights_for_the_session(phone: Application, user: User, required: None) -> None:
    give_second_factor(user)
    phone.log_in(**CREDENTIALS)
    phone("POST", "auth/2fa/authenticate", code=code())
    assert phone.is_staff
    assert phone.renew() == 200
    assert phone.is_staff


def test_an_earlier_session_gets_no_staff_rights(phone: Application, required: None) -> None:
    thief = Application("thief")
    thief.log_in(**CREDENTIALS)
    phone.log_in(**CREDENTIALS)
    reauthenticate(phone)
    secret = set_up(phone)
    assert (phone.is_staff, thief.is_staff) == (False, False)
    assert phone("POST", "auth/2fa/reauthenticate", code=code(secret)).status_code == 200
    assert (phone.is_staff, thief.is_staff) == (True, False)


def test_removal_ends_staff_rights(phone: Application, user: User, required: None) -> None:
    give_second_factor(user)
    phone.log_in(**CREDENTIALS)
    phone("POST", "auth/2fa/authenticate", code=code())
    reauthenticate(phone)
    assert phone("DELETE", TOTP).status_code == 200
    assert not phone.is_staff


def test_where_none_is_required_the_password_gives_staff_rights(phone: Application, user: User) -> None:
    User.objects.update(is_staff=True)
    phone.log_in(**CREDENTIALS)
    assert phone.is_staff


@pytest.mark.parametrize("is_required", [False, True])
def test_callers_who_are_not_staff_cost_no_statement(
    is_required: bool, phone: Application, user: User, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.STAFF_MFA_REQUIRED = is_required
    phone.log_in(**CREDENTIALS)
    with django_assert_num_queries(1):
        phone.ask("{ viewer { email } }")
