"""Whoever has been erased is nobody to the API, whatever it still holds, and may come back as somebody new."""

from django.utils import timezone

from reservation.domain.erasure import erase_client
from reservation.models import User
from tests.conftest import CREDENTIALS, Send, Viewer
from tests.factories import account


def test_nothing_that_an_erased_account_holds_is_of_use(user: User, send: Send, viewer: Viewer) -> None:
    meta = send("auth/login", CREDENTIALS).json()["meta"]
    bearer = f"Bearer {meta['access_token']}"
    assert viewer(bearer) == CREDENTIALS["email"]
    erase_client(caller=account(user), client_id=user.client.pk, now=timezone.now())
    assert viewer(bearer) == (401, "UNAUTHENTICATED")
    assert send("tokens/refresh", {"refresh_token": meta["refresh_token"]}).status_code == 400
    (error,) = send("auth/login", CREDENTIALS).json()["errors"]
    assert error["code"] == "email_password_mismatch"


def test_whoever_comes_back_is_somebody_new(user: User, send: Send, viewer: Viewer) -> None:
    erase_client(caller=account(user), client_id=user.client.pk, now=timezone.now())
    response = send("auth/signup", CREDENTIALS)
    assert viewer(f"Bearer {response.json()['meta']['access_token']}") == CREDENTIALS["email"]
    assert User.objects.get(email=CREDENTIALS["email"]).pk != user.pk


def test_nobody_signs_up_or_logs_in_as_those_who_were_erased(user: User, send: Send) -> None:
    erase_client(caller=account(user), client_id=user.client.pk, now=timezone.now())
    for path in ("auth/signup", "auth/login", "auth/password/request"):
        assert send(path, {"email": "erased", "password": "correct-horse-9"}).status_code == 400
