"""Changing a password takes the old one, resetting it a mail to the account; either ends every session."""

import re
from smtplib import SMTPServerDisconnected
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache

from reservation.models import User
from tests.api.application import Application, codes_of
from tests.conftest import CREDENTIALS

OLD, NEW = CREDENTIALS["password"], "battery-staple-7"
CHANGE = "account/password/change"


@pytest.fixture(autouse=True)
def _no_earlier_attempts() -> None:
    cache.clear()


@pytest.fixture
def phone(user: User) -> Application:
    application = Application("phone")
    assert application.log_in(**CREDENTIALS).status_code == 200
    return application


@pytest.fixture
def laptop(user: User) -> Application:
    application = Application("laptop")
    assert application.log_in(**CREDENTIALS).status_code == 200
    return application


def test_a_change_ends_the_access_of_other_devices_at_once(phone: Application, laptop: Application) -> None:
    assert "data" in laptop.ask("{ viewer { email } }")
    phone("POST", CHANGE, current_password=OLD, new_password=NEW)
    for device in (laptop, phone):
        (error,) = device.ask("{ viewer { email } }")["errors"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"


def test_a_change_ends_every_session_and_notifies_the_owner(
    phone: Application, laptop: Application, user: User
) -> None:
    assert phone("POST", CHANGE, current_password=OLD, new_password=NEW).status_code == 401
    assert (phone.renew(), laptop.renew()) == (400, 400)
    assert [message.to for message in mail.outbox] == [[user.email]]
    assert "password has been changed" in str(mail.outbox[0].body)
    assert re.search(r"- Date: \w{3} \d{1,2} \w{3} \d{4}, \d\d:\d\d UTC$", str(mail.outbox[0].body), re.MULTILINE)
    assert Application().log_in(**CREDENTIALS).status_code == 400
    assert Application().log_in(email=user.email, password=NEW).status_code == 200


@pytest.mark.parametrize(
    ("fields", "refusals"),
    [
        ({"current_password": "wrong", "new_password": NEW}, ["enter_current_password"]),
        ({"new_password": NEW}, ["required"]),
        ({"current_password": OLD, "new_password": "short"}, ["password_too_short"]),
        (
            {"current_password": OLD, "new_password": "12345678901"},
            ["password_too_common", "password_entirely_numeric"],
        ),
        ({"current_password": OLD, "new_password": CREDENTIALS["email"]}, ["password_too_similar"]),
    ],
)
def test_a_change_needs_the_old_password_and_a_good_new_one(
    fields: dict[str, str], refusals: list[str], phone: Application, laptop: Application
) -> None:
    answer = phone("POST", CHANGE, **fields)
    assert (answer.status_code, codes_of(answer)) == (400, refusals)
    assert (laptop.renew(), mail.outbox) == (200, [])


def test_attempts_at_the_old_password_are_limited(phone: Application) -> None:
    statuses = [phone("POST", CHANGE, current_password="x", new_password=NEW).status_code for _ in range(6)]
    assert statuses == [*[400] * 5, 429]


def test_a_change_is_kept_when_the_mail_server_is_unavailable(
    phone: Application, user: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def disconnect(*_: Any, **__: Any) -> None:
        raise SMTPServerDisconnected

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", disconnect)
    assert phone("POST", CHANGE, current_password=OLD, new_password=NEW).status_code == 401
    assert "notifies its owner could not be sent" in caplog.text


def test_a_reset_ends_every_session_and_does_not_log_in(phone: Application, user: User) -> None:
    tablet = Application("tablet")
    assert tablet("POST", "auth/password/request", email=user.email.upper()).status_code == 200
    link = re.search(rf"{settings.FRONTEND_URL}/reset-password/(\S+)", str(mail.outbox[0].body))
    assert link is not None
    key = unquote(link[1])
    assert tablet("POST", "auth/password/reset", key=key, password="short").status_code == 400
    assert tablet("POST", "auth/password/reset", key=key, password=NEW).status_code == 401
    assert (tablet.access, phone.renew()) == (None, 400)
    assert tablet("POST", "auth/password/reset", key=key, password=OLD).status_code == 400, "a key is valid once"
    assert tablet.log_in(email=user.email, password=NEW).status_code == 200


def test_requesting_a_reset_does_not_reveal_who_has_an_account(user: User) -> None:
    answers = [Application()("POST", "auth/password/request", email=email) for email in (user.email, "no@example.com")]
    assert answers[0].json() == answers[1].json() == {"status": 200}
