"""Verification of email addresses. EMAIL_VERIFICATION decides whether it is required; the mail is sent either way."""

import re
from typing import Any
from urllib.parse import unquote

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as project
from django.core import mail
from django.core.cache import cache

from tests.api.application import Application, pending_flows
from tests.factories import make_user

EVE = {"email": "eve@example.com", "password": "correct-horse-9"}


@pytest.fixture(params=["optional", "mandatory"])
def verification(request: pytest.FixtureRequest, settings: Any, db: None) -> str:
    cache.clear()
    settings.ACCOUNT_EMAIL_VERIFICATION = request.param
    return str(request.param)


def key_in_mail() -> str:
    assert mail.outbox[-1].to == ["eve@example.com"]
    link = re.search(rf"{project.FRONTEND_URL}/verify-email/(\S+)", str(mail.outbox[-1].body))
    assert link is not None
    return unquote(link[1])


def is_verified() -> bool:
    return EmailAddress.objects.get(email="eve@example.com").verified


def test_an_address_is_verified_with_the_key_from_the_mail(verification: str) -> None:
    eve = Application()
    assert eve("POST", "auth/signup", **EVE).status_code == (200 if verification == "optional" else 401)
    assert not is_verified()
    key = key_in_mail()
    assert eve("POST", "auth/email/verify", key="wrong").status_code == 400
    assert eve("POST", "auth/email/verify", key=key).status_code == (200 if verification == "optional" else 401)
    assert is_verified()
    assert eve.log_in(**EVE).status_code == 200


def test_log_in_is_refused_before_a_mandatory_verification(verification: str) -> None:
    eve = Application()
    eve("POST", "auth/signup", **EVE)
    answer = eve.log_in(**EVE)
    if verification == "optional":
        assert (answer.status_code, eve.access is None) == (200, False)
    else:
        assert (answer.status_code, eve.access, pending_flows(answer)) == (401, None, ["verify_email"])


def test_sign_up_reveals_existing_accounts_only_where_verification_is_optional(verification: str) -> None:
    make_user(email="taken@example.com")
    answers = [
        Application()("POST", "auth/signup", **{**EVE, "email": email}) for email in ("taken@example.com", EVE["email"])
    ]
    statuses = [answer.status_code for answer in answers]
    assert statuses == ([400, 200] if verification == "optional" else [401, 401])


def test_a_second_factor_needs_a_verified_address(settings: Any, db: None) -> None:
    """Otherwise a sign-up with somebody else's address could lock its owner out."""
    cache.clear()
    eve = Application()
    eve("POST", "auth/signup", **EVE)
    assert eve("GET", "account/authenticators/totp").status_code == 409
