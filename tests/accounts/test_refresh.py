"""Refresh tokens: each has one successor; using one again later, or elsewhere, ends its session."""

import logging
from base64 import urlsafe_b64decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import jwt
import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from accounts.session_store import SessionStore
from accounts.tokens.own import TokenType, read_token
from accounts.tokens.strategy import TokenStrategy
from ops import rate_limit
from reservation.models import User
from tests.api.application import codes_of
from tests.conftest import CREDENTIALS, Send, Viewer

REFUSED = (401, "UNAUTHENTICATED")
TABS = 6

ENDED = (400, ["session_ended"])

Renew = Callable[..., Any]


def id_of(refresh_token: str) -> str:
    return read_token(TokenType.REFRESH, refresh_token).jti


def expiry_of(token: str) -> int:
    return int(jwt.decode(token, options={"verify_signature": False})["exp"])


@pytest.fixture
def log_in(user: User, send: Send) -> Callable[[], dict[str, str]]:
    return lambda: send("auth/login", CREDENTIALS).json()["meta"]


@pytest.fixture
def renew(client: Browser) -> Renew:
    """Exchanges a refresh token. Returns the new pair, or the status and the codes of the errors."""

    def renew(token: str, **environ: str) -> Any:
        body = {"refresh_token": token}
        response = client.post("/auth/app/v1/tokens/refresh", body, content_type="application/json", **environ)
        return response.json()["data"] if response.status_code == 200 else (response.status_code, codes_of(response))

    return renew


def test_refresh_tokens_extend_a_session(log_in: Any, renew: Renew, viewer: Viewer) -> None:
    tokens = first = log_in()
    for _ in range(3):
        tokens = renew(tokens["refresh_token"])
        assert viewer(f"Bearer {tokens['access_token']}") == CREDENTIALS["email"]
    assert viewer(f"Bearer {first['access_token']}") == CREDENTIALS["email"]
    assert Session.objects.count() == 1


def let_time_pass(seconds: float) -> None:
    """Dates the last exchange of each session back."""
    for row in UserSession.objects.all():
        row.data["refresh_token"]["spent_at"] -= seconds
        row.save()


def test_a_refresh_token_of_two_generations_before_ends_the_session(
    log_in: Any, renew: Renew, viewer: Viewer, caplog: pytest.LogCaptureFixture
) -> None:
    stolen, other = log_in(), log_in()
    tokens = renew(renew(stolen["refresh_token"])["refresh_token"])
    with caplog.at_level(logging.WARNING, "accounts.tokens"):
        assert renew(stolen["refresh_token"]) == (400, ["refresh_token_spent"])
    (record,) = [record for record in caplog.records if record.name == "accounts.tokens.strategy"]
    assert record.getMessage().endswith("was used twice: its session is ended.")
    assert renew(tokens["refresh_token"]) == ENDED
    for token in (stolen["access_token"], tokens["access_token"]):
        assert viewer(f"Bearer {token}") == REFUSED
    assert viewer(f"Bearer {other['access_token']}") == CREDENTIALS["email"]
    assert renew(other["refresh_token"]) != ENDED


def test_a_client_that_did_not_get_the_response_gets_the_same_successor(
    log_in: Any, renew: Renew, viewer: Viewer, settings: Any
) -> None:
    tokens = log_in()
    lost = renew(tokens["refresh_token"])
    let_time_pass(settings.REFRESH_TOKEN_GRACE_SECONDS - 10)
    again = renew(tokens["refresh_token"])
    assert id_of(again["refresh_token"]) == id_of(lost["refresh_token"])
    assert viewer(f"Bearer {again['access_token']}") == CREDENTIALS["email"]
    assert id_of(renew(again["refresh_token"])["refresh_token"]) == id_of(renew(lost["refresh_token"])["refresh_token"])


def test_a_spent_token_ends_the_session_after_the_grace_period(log_in: Any, renew: Renew, settings: Any) -> None:
    tokens = log_in()
    successor = renew(tokens["refresh_token"])["refresh_token"]
    let_time_pass(settings.REFRESH_TOKEN_GRACE_SECONDS + 1)
    assert renew(tokens["refresh_token"]) == (400, ["refresh_token_spent"])
    assert renew(successor) == ENDED


@pytest.mark.parametrize("elsewhere", [{"HTTP_USER_AGENT": "curl"}, {"REMOTE_ADDR": "192.0.2.1"}], ids=str)
def test_a_spent_token_ends_the_session_at_once_when_another_client_uses_it(
    elsewhere: dict[str, str], log_in: Any, renew: Renew
) -> None:
    tokens = log_in()
    successor = renew(tokens["refresh_token"])["refresh_token"]
    assert renew(tokens["refresh_token"], **elsewhere) == (400, ["refresh_token_spent"])
    assert renew(successor) == ENDED


def test_a_request_that_changes_the_session_meanwhile_does_not_undo_an_exchange(log_in: Any, renew: Renew) -> None:
    tokens = log_in()
    slow = SessionStore(Session.objects.get().pk)
    slow["anything"] = "read before the exchange, and written after it"
    successor = renew(tokens["refresh_token"])["refresh_token"]
    slow.save()
    assert "refresh_token" in renew(successor)


def test_a_session_of_a_former_version_goes_on(log_in: Any, renew: Renew) -> None:
    """It stored the current token in the session, and not when it began."""
    tokens = log_in()
    UserSession.objects.update(data={})
    session = SessionStore(Session.objects.get().pk)
    del session["began_at"]
    session["refresh_token"] = id_of(tokens["refresh_token"])
    DatabaseSessionStore.create_model_instance(session, session._session).save()  # type: ignore[attr-defined]
    successor = renew(tokens["refresh_token"])["refresh_token"]
    assert "began_at" in SessionStore(session.session_key)
    assert id_of(renew(tokens["refresh_token"])["refresh_token"]) == id_of(successor)


def began_days_ago(days: float) -> None:
    """Dates the log-in of the one session back. A session that was used since expires when it would anyway."""
    session = SessionStore(Session.objects.get().pk)
    session["began_at"] -= int(days * 86_400)
    session.save()


def test_a_session_ends_at_its_absolute_end_whichever_tokens_are_renewed(
    log_in: Any, renew: Renew, settings: Any, client: Browser
) -> None:
    tokens = log_in()
    began_days_ago(settings.SESSION_MAX_DAYS - 0.01)
    tokens = renew(tokens["refresh_token"])
    end = Session.objects.get().expire_date
    assert timedelta() < end - timezone.now() < timedelta(days=0.011)
    assert [expiry_of(tokens[name]) for name in ("refresh_token", "access_token")] == [
        int(end.timestamp()),
        min(int(end.timestamp()), expiry_of(tokens["access_token"])),
    ]
    began_days_ago(0.01)
    assert renew(tokens["refresh_token"]) == ENDED
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/auth/app/v1/auth/session", headers=bearer).status_code == 410


def test_the_last_access_token_of_a_session_ends_with_it(log_in: Any, renew: Renew, settings: Any) -> None:
    tokens = log_in()
    began_days_ago(settings.SESSION_MAX_DAYS - 60 / 86_400)
    renewed = renew(tokens["refresh_token"])["access_token"]
    assert expiry_of(renewed) <= Session.objects.get().expire_date.timestamp()


def test_an_unused_session_ends_after_two_weeks(log_in: Any) -> None:
    log_in()
    left = Session.objects.get().expire_date - timezone.now()
    assert timedelta(days=13) < left <= timedelta(days=14)


def test_refreshing_has_a_rate_for_each_session(
    log_in: Any, renew: Renew, settings: Any, monkeypatch: pytest.MonkeyPatch, send: Send
) -> None:
    settings.TOKEN_REFRESHES_PER_HOUR, settings.PROCESSES = 3, 1
    monkeypatch.setattr(rate_limit, "_rate_limiters", {})
    tokens, other = log_in(), log_in()
    token = tokens["refresh_token"]
    for _ in range(3):
        token = renew(token)["refresh_token"]
    response = send("tokens/refresh", {"refresh_token": token})
    assert (response.status_code, codes_of(response)) == (429, ["too_many_refreshes"])
    assert 0 < int(response["Retry-After"]) <= 3600
    assert "refresh_token" in renew(other["refresh_token"])
    settings.TOKEN_REFRESHES_PER_HOUR = 0
    assert "refresh_token" in renew(token), "the token is not spent"


def test_what_is_no_refresh_token_has_a_code_of_its_own(log_in: Any, renew: Renew) -> None:
    for token in ("x", "a.b.c", log_in()["access_token"]):
        assert renew(token) == (400, ["refresh_token_invalid"])


def test_logging_out_ends_both_tokens_at_once(log_in: Any, renew: Renew, viewer: Viewer, client: Browser) -> None:
    tokens, other = log_in(), log_in()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/auth/app/v1/auth/session", headers=bearer).status_code == 200
    assert client.delete("/auth/app/v1/auth/session", headers=bearer).status_code == 401
    assert viewer(bearer["Authorization"]) == REFUSED
    assert renew(tokens["refresh_token"]) == ENDED
    assert viewer(f"Bearer {other['access_token']}") == CREDENTIALS["email"]


def test_a_new_password_ends_the_refresh_tokens_of_the_old_one(user: User, log_in: Any, renew: Renew) -> None:
    tokens = log_in()
    user.set_password("another-horse-9")
    user.save()
    assert renew(tokens["refresh_token"]) == ENDED


@pytest.mark.parametrize("change", [{"is_active": False}, None], ids=["deactivated", "deleted"])
def test_a_deactivated_or_deleted_account_gets_no_new_tokens(
    change: Any, user: User, log_in: Any, renew: Renew
) -> None:
    tokens = log_in()
    User.objects.update(**change) if change else user.delete()
    assert renew(tokens["refresh_token"]) == ENDED


def test_an_access_token_does_not_reveal_its_session_key(log_in: Any) -> None:
    access_token = log_in()["access_token"]
    (key,) = Session.objects.values_list("pk", flat=True)
    assert read_token(TokenType.ACCESS, access_token).session_key == key
    assert key.encode() not in urlsafe_b64decode(jwt.decode(access_token, options={"verify_signature": False})["sid"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_", range(5))
def test_concurrent_exchanges_of_one_token_get_the_same_successor(_: int, log_in: Any, renew: Renew) -> None:
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
    assert len({id_of(refresh) for _, refresh in answers}) == 1
    for token in (answers[0][1], other["refresh_token"]):
        assert "refresh_token" in renew(token)
    assert Session.objects.count() == 2


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
    assert renew(tokens["refresh_token"]) == renew(elsewhere["refresh_token"]) == ENDED
