"""Log-in, and the exchange of a refresh token."""

from typing import Any

import pytest

from reservation.models import User
from tests.conftest import CREDENTIALS, Send, Viewer

INVALID_BODIES = [
    b"{",
    b"[]",
    b"1",
    b"\xff",
    b"[" * 100_000,
    b'{"refresh_token": "\\ud800"}',
    b'{"email": "\\ud800@example.com"}',
    b'{"email": "cleo@example.com", "password": "\\ud800"}',
    b'{"email": "e@example.com", "name": "\\ud800"}',
]


@pytest.mark.parametrize("email", ["cleo@example.com", "CLEO@Example.COM"])
def test_the_access_token_of_a_log_in_authenticates_the_account(
    email: str, user: User, send: Send, viewer: Viewer
) -> None:
    response = send("auth/login", {**CREDENTIALS, "email": email})
    assert (response.status_code, response.json()["data"]["user"]["email"]) == (200, "cleo@example.com")
    token = response.json()["meta"]["access_token"]
    assert viewer(f"Bearer {token}") == viewer(f"bearer {token}") == "cleo@example.com"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"password": "wrong"}, "email_password_mismatch"),
        ({"email": "nobody@example.com"}, "email_password_mismatch"),
        ({"email": "no address"}, "invalid"),
        ({"email": ""}, "required"),
        ({"password": None}, "required"),
        ({"email": 5}, "invalid"),
        ({"password": "\x00"}, "null_characters_not_allowed"),
    ],
)
def test_wrong_credentials_are_refused(wrong: dict[str, Any], code: str, user: User, send: Send) -> None:
    response = send("auth/login", {**CREDENTIALS, **wrong})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (400, code)


@pytest.mark.parametrize("path", ["auth/login", "tokens/refresh", "auth/signup"])
@pytest.mark.parametrize("body", INVALID_BODIES, ids=lambda body: repr(body)[:40])
def test_a_body_that_is_not_a_json_object_is_refused(path: str, body: bytes, send: Send, db: None) -> None:
    assert send(path, body).status_code == 400
    assert not User.objects.exists()


def test_attempts_are_limited(user: User, send: Send) -> None:
    codes = [send("auth/login", {**CREDENTIALS, "password": "x"}).json()["errors"][0]["code"] for _ in range(6)]
    assert codes == [*["email_password_mismatch"] * 5, "too_many_login_attempts"]


def test_a_refresh_token_is_exchanged_and_is_not_an_access_token(user: User, send: Send, viewer: Viewer) -> None:
    meta = send("auth/login", CREDENTIALS).json()["meta"]
    assert viewer(f"Bearer {meta['refresh_token']}") == (401, "UNAUTHENTICATED")
    renewed = send("tokens/refresh", {"refresh_token": meta["refresh_token"]})
    assert (renewed.status_code, viewer(f"Bearer {renewed.json()['data']['access_token']}")) == (
        200,
        CREDENTIALS["email"],
    )


@pytest.mark.parametrize("token", ["", "x", "a.b.c", None, 5, [], {}, "\x00"])
def test_an_invalid_refresh_token_is_refused(token: Any, send: Send, db: None) -> None:
    assert send("tokens/refresh", {"refresh_token": token}).status_code == 400


def test_an_access_token_is_not_a_refresh_token(user: User, send: Send) -> None:
    token = send("auth/login", CREDENTIALS).json()["meta"]["access_token"]
    assert send("tokens/refresh", {"refresh_token": token}).status_code == 400
