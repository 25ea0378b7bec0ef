"""A request is as good as its access token."""

import time
from typing import Any

import jwt
import pytest

from reservation.models import User
from tests.api.conftest import CREDENTIALS, Send, Viewer

# fmt: off
NO_TOKENS = [
    "", " ", "Bearer", "Bearer ", "Basic Y2xlbzpw", "Token a", "Bearer x", "Bearer a.b.c", "Bearer é.é.é",
    "Bearer \x00", "Bearer " + "a" * 8000, "Bearer a.b.c.d.e", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
]
# fmt: on


def signed(settings: Any, **claims: Any) -> str:
    claims = {"token_use": "access", "jti": "1", "sid": "1", "exp": time.time() + 60, **claims}
    return jwt.encode(claims, settings.SECRET_KEY, settings.HEADLESS_JWT_ALGORITHM)


def test_an_inactive_account_neither_logs_in_nor_asks(user: User, send: Send, viewer: Viewer) -> None:
    token = send("auth/login", CREDENTIALS).json()["meta"]["access_token"]
    User.objects.update(is_active=False)
    assert viewer(f"Bearer {token}") == (401, "UNAUTHENTICATED")
    assert send("auth/login", CREDENTIALS).status_code == 401
    User.objects.update(is_active=True)
    assert viewer(f"Bearer {token}") == "cleo@example.com"


def test_a_token_of_a_deleted_account_is_refused(user: User, send: Send, viewer: Viewer) -> None:
    token = send("auth/login", CREDENTIALS).json()["meta"]["access_token"]
    user.delete()
    assert viewer(f"Bearer {token}") == (401, "UNAUTHENTICATED")


def test_an_expired_token_is_refused(user: User, settings: Any, viewer: Viewer) -> None:
    assert viewer(f"Bearer {signed(settings, sub=str(user.pk))}") == "cleo@example.com"
    expired = signed(settings, sub=str(user.pk), exp=time.time() - 1)
    assert viewer(f"Bearer {expired}") == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("header", NO_TOKENS, ids=lambda header: header[:20])
def test_garbage_is_refused(header: str, viewer: Viewer, db: None) -> None:
    assert viewer(header) == (401, "UNAUTHENTICATED")


def test_a_token_that_another_key_or_nobody_signed_is_refused(user: User, settings: Any, viewer: Viewer) -> None:
    claims = {"token_use": "access", "jti": "1", "sid": "1", "sub": str(user.pk), "exp": time.time() + 60}
    for token in (jwt.encode(claims, "x" * 64, "HS256"), jwt.encode(claims, None, "none")):
        assert viewer(f"Bearer {token}") == (401, "UNAUTHENTICATED")
    token = signed(settings, sub=str(user.pk))
    assert viewer(f"Bearer {token[:-3]}") == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("subject", ["0", "-1", "9" * 30])
def test_a_token_of_no_account_is_refused(subject: str, user: User, settings: Any, viewer: Viewer) -> None:
    assert viewer(f"Bearer {signed(settings, sub=subject)}") == (401, "UNAUTHENTICATED")
