"""Erasure: tokens and credentials of an erased account are invalid, and its address can sign up again."""

from django.utils import timezone

from reservation.domain.erasure import erase_client
from reservation.models import User
from tests.conftest import CREDENTIALS, Send, Viewer
from tests.factories import account


def test_tokens_and_credentials_of_an_erased_account_are_invalid(user: User, send: Send, viewer: Viewer) -> None:
    meta = send("auth/login", CREDENTIALS).json()["meta"]
    bearer = f"Bearer {meta['access_token']}"
    assert viewer(bearer) == CREDENTIALS["email"]
    erase_client(caller=account(user), client_id=user.client.pk, now=timezone.now())
    assert viewer(bearer) == (401, "UNAUTHENTICATED")
    assert send("tokens/refresh", {"refresh_token": meta["refresh_token"]}).status_code == 400
    (error,) = send("auth/login", CREDENTIALS).json()["errors"]
    assert error["code"] == "email_password_mismatch"


def test_an_erased_person_may_sign_up_again_as_a_new_account(user: User, send: Send, viewer: Viewer) -> None:
    erase_client(caller=account(user), client_id=user.client.pk, now=timezone.now())
    response = send("auth/signup", CREDENTIALS)
    assert viewer(f"Bearer {response.json()['meta']['access_token']}") == CREDENTIALS["email"]
    assert User.objects.get(email=CREDENTIALS["email"]).pk != user.pk


def test_the_placeholder_address_of_erased_accounts_cannot_log_in_or_sign_up(user: User, send: Send) -> None:
    erase_client(caller=account(user), client_id=user.client.pk, now=timezone.now())
    for path in ("auth/signup", "auth/login", "auth/password/request"):
        assert send(path, {"email": "erased", "password": "correct-horse-9"}).status_code == 400
