"""Refresh tokens: each is exchanged once; exchanging one again ends its session."""

import logging
from base64 import urlsafe_b64decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import jwt
import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client as Browser

from accounts.tokens.own import TokenType, read_token
from accounts.tokens.strategy import TokenStrategy
from reservation.models import User
from tests.conftest import CREDENTIALS, Send, Viewer

REFUSED = (401, "UNAUTHENTICATED")
TABS = 6

Renew = Callable[[str], Any]


@pytest.fixture
def log_in(user: User, send: Send) -> Callable[[], dict[str, str]]:
    return lambda: send("auth/login", CREDENTIALS).json()["meta"]


@pytest.fixture
def renew(send: Send) -> Renew:
    """Exchanges a refresh token. Returns the new pair, or the status."""

    def renew(token: str) -> Any:
        response = send("tokens/refresh", {"refresh_token": token})
        return response.json()["data"] if response.status_code == 200 else response.status_code

    return renew


def test_refresh_tokens_extend_a_session(log_in: Any, renew: Renew, viewer: Viewer) -> None:
    tokens = first = log_in()
    for _ in range(3):
        tokens = renew(tokens["refresh_token"])
        assert viewer(f"Bearer {tokens['access_token']}") == CREDENTIALS["email"]
    assert viewer(f"Bearer {first['access_token']}") == CREDENTIALS["email"]
    assert Session.objects.count() == 1


def test_a_refresh_token_that_is_used_twice_ends_the_session(
    log_in: Any, renew: Renew, viewer: Viewer, caplog: pytest.LogCaptureFixture
) -> None:
    stolen, other = log_in(), log_in()
    tokens = renew(renew(stolen["refresh_token"])["refresh_token"])
    with caplog.at_level(logging.WARNING, "accounts.tokens"):
        assert renew(stolen["refresh_token"]) == 400
    (record,) = [record for record in caplog.records if record.name == "accounts.tokens.strategy"]
    assert record.getMessage().endswith("was used twice: its session is ended.")
    assert renew(tokens["refresh_token"]) == 400
    for token in (stolen["access_token"], tokens["access_token"]):
        assert viewer(f"Bearer {token}") == REFUSED
    assert viewer(f"Bearer {other['access_token']}") == CREDENTIALS["email"]
    assert renew(other["refresh_token"]) != 400


def test_logging_out_ends_both_tokens_at_once(log_in: Any, renew: Renew, viewer: Viewer, client: Browser) -> None:
    tokens, other = log_in(), log_in()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/auth/app/v1/auth/session", headers=bearer).status_code == 200
    assert client.delete("/auth/app/v1/auth/session", headers=bearer).status_code == 401
    assert viewer(bearer["Authorization"]) == REFUSED
    assert renew(tokens["refresh_token"]) == 400
    assert viewer(f"Bearer {other['access_token']}") == CREDENTIALS["email"]


def test_a_new_password_ends_the_refresh_tokens_of_the_old_one(user: User, log_in: Any, renew: Renew) -> None:
    tokens = log_in()
    user.set_password("another-horse-9")
    user.save()
    assert renew(tokens["refresh_token"]) == 400


@pytest.mark.parametrize("change", [{"is_active": False}, None], ids=["deactivated", "deleted"])
def test_a_deactivated_or_deleted_account_gets_no_new_tokens(
    change: Any, user: User, log_in: Any, renew: Renew
) -> None:
    tokens = log_in()
    User.objects.update(**change) if change else user.delete()
    assert renew(tokens["refresh_token"]) == 400


def test_an_access_token_does_not_reveal_its_session_key(log_in: Any) -> None:
    access_token = log_in()["access_token"]
    (key,) = Session.objects.values_list("pk", flat=True)
    assert read_token(TokenType.ACCESS, access_token).session_key == key
    assert key.encode() not in urlsafe_b64decode(jwt.decode(access_token, options={"verify_signature": False})["sid"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_", range(5))
def test_of_concurrent_exchanges_of_one_token_one_succeeds(_: int, log_in: Any, renew: Renew) -> None:
    tokens, other = log_in(), log_in()
    barrier = Barrier(TABS, timeout=30)

    def tab() -> Any:
        barrier.wait()
        try:
            return TokenStrategy().refresh_token(tokens["refresh_token"])
        finally:
            connection.close()

    with ThreadPoolExecutor(TABS) as threads:
        answers = [tab.result() for tab in [threads.submit(tab) for _ in range(TABS)]]
    (renewed,) = [answer for answer in answers if answer]
    assert renew(renewed[1]) == 400
    assert renew(other["refresh_token"]) != 400
    assert Session.objects.count() == 1


def test_a_change_of_the_password_takes_a_new_log_in(
    log_in: Any, renew: Renew, viewer: Viewer, client: Browser
) -> None:
    tokens, elsewhere = log_in(), log_in()
    passwords = {"current_password": CREDENTIALS["password"], "new_password": "another-horse-9"}
    response = client.post(
        "/auth/app/v1/account/password/change",
        passwords,
        content_type="application/json",
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
    )
    assert response.status_code == 401
    assert viewer(f"Bearer {tokens['access_token']}") == REFUSED
    assert renew(tokens["refresh_token"]) == renew(elsewhere["refresh_token"]) == 400
