"""Sign-up creates an account and a client."""

import re
from typing import Any
from urllib.parse import unquote

import pytest
from django.core import mail
from django.db.models.signals import pre_save
from django.test import Client as Browser

from accounts.adapter import register_client_of
from reservation.models import Client, User
from tests.conftest import Send
from tests.factories import make_user
from tests.rows import all_rows

CREDENTIALS = {"email": "eve@example.com", "password": "correct-horse-9"}


@pytest.fixture
def call(send: Send) -> Send:
    return lambda path, **body: send(f"auth/{path}", body)


def test_sign_up_creates_an_account_and_a_client_who_can_query(call: Send, client: Browser, db: None) -> None:
    response = call("signup", email="Eve@Example.com", password="correct-horse-9", name="Eve 😀")
    assert response.status_code == 200
    token = response.json()["meta"]["access_token"]
    query = "{ viewer { email isStaff client { name email timeZone phone } provider { id } } }"
    answer = client.get("/graphql/", {"query": query}, headers={"Authorization": f"Bearer {token}"})
    eve = {"name": "Eve 😀", "email": "eve@example.com", "timeZone": "UTC", "phone": ""}
    viewer = {"email": "eve@example.com", "isStaff": False, "client": eve, "provider": None}
    assert answer.json() == {"data": {"viewer": viewer}}
    assert (User.objects.count(), Client.objects.count()) == (1, 1)


@pytest.mark.parametrize("name", [None, "", "   "])
def test_the_default_name_is_the_local_part_of_the_address(name: str | None, call: Send, db: None) -> None:
    given = {} if name is None else {"name": name}
    assert call("signup", **CREDENTIALS, **given).status_code == 200
    assert Client.objects.get().name == "eve"


@pytest.mark.parametrize(
    ("name", "stored"), [("\u200b", "eve"), ("\u200bJose\u0301 \u2060", "Jos\u00e9"), ("Ev\u200de", "Ev\u200de")]
)
def test_a_name_is_normalised(name: str, stored: str, call: Send, db: None) -> None:
    assert call("signup", **CREDENTIALS, name=name).status_code == 200
    assert Client.objects.get().name == stored


@pytest.mark.parametrize("name", ["\u3164", "Eve\u000bX", "\u202eEve", "Eve\ufffe", "E\nve", "x" * 201])
def test_a_name_that_no_client_may_have_is_refused(name: str, call: Send, db: None) -> None:
    response = call("signup", **CREDENTIALS, name=name)
    assert (response.status_code, [error["param"] for error in response.json()["errors"]]) == (400, ["name"])
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("Ada\u000bLovelace\ufffe", "Ada Lovelace"),
        ("\u202eAda", "Ada"),
        ("\u3164", "eve"),
        ("\u200b", "eve"),
        (None, "eve"),
        ("x" * 199 + " yz", "x" * 199),
    ],
)
def test_a_name_of_an_identity_provider_is_repaired(name: str | None, stored: str, db: None) -> None:
    register_client_of(make_user(email="eve@example.com"), name=name)
    assert Client.objects.get().name == stored


@pytest.mark.parametrize("name", [["Eve"], {"first": "Eve"}, 5], ids=str)
def test_a_name_that_is_no_text_is_refused(name: Any, call: Send, db: None) -> None:
    response = call("signup", **CREDENTIALS, name=name)
    (error,) = response.json()["errors"]
    assert (response.status_code, error["param"], error["code"]) == (400, "name", "invalid")
    assert not User.objects.exists()


def test_sign_up_grants_no_rights(call: Send, db: None) -> None:
    more = {"is_staff": True, "is_superuser": True, "id": 1, "client": 1, "provider": 1}
    assert call("signup", **CREDENTIALS, **more).status_code == 200
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, hasattr(user, "provider")) == (False, False, False)


@pytest.mark.parametrize("email", ["eve@example.com", "EVE@Example.Com"])
def test_an_address_has_one_account(email: str, call: Send, db: None) -> None:
    make_user(email="eve@example.com")
    before = all_rows()
    response = call("signup", **{**CREDENTIALS, "email": email})
    (error,) = response.json()["errors"]
    assert (response.status_code, error["code"], error["param"]) == (400, "email_taken", "email")
    assert all_rows() == before


@pytest.mark.parametrize(
    ("field", "wrong", "code"),
    [
        ("password", "123", "password_too_short"),
        ("password", "password1", "password_too_common"),
        ("password", "4839201837465", "password_entirely_numeric"),
        ("password", "eve@example.com", "password_too_similar"),
        ("password", "", "required"),
        ("password", "correct\x00horse", "null_characters_not_allowed"),
        ("email", "", "required"),
        ("email", "eve", "invalid"),
        ("email", "e\x00e@example.com", "invalid"),
        ("name", "x" * 300, "max_length"),
        ("name", "a\x00b", "null_characters_not_allowed"),
    ],
)
def test_weak_invalid_and_too_long_values_are_refused(field: str, wrong: str, code: str, call: Send, db: None) -> None:
    response = call("signup", **{**CREDENTIALS, "name": "Eve", field: wrong})
    found = {(error["param"], error["code"]) for error in response.json()["errors"]}
    assert response.status_code == 400
    assert (field, code) in found
    assert not User.objects.exists()


def test_an_address_has_at_most_254_characters_64_of_them_before_the_at(call: Send, db: None) -> None:
    longest = "e" * 64 + "@" + "d" * 57 + ".example" * 15 + ".example.com"
    for too_long in (longest.replace("@", "@d"), longest.replace("@d", "e@")):
        assert call("signup", **{**CREDENTIALS, "email": too_long}, name="Eve").status_code == 400
    assert not User.objects.exists()
    assert call("signup", **{**CREDENTIALS, "email": longest}).status_code == 200
    assert (len(longest), User.objects.get().email) == (254, longest)
    assert Client.objects.get().name == "e" * 64


def test_a_new_account_can_log_in(call: Send, db: None) -> None:
    call("signup", **CREDENTIALS)
    response = call("login", **{**CREDENTIALS, "email": "EVE@example.com"})
    assert (response.status_code, response.json()["meta"]["is_authenticated"]) == (200, True)


def test_the_address_is_verified_by_a_link_in_a_mail(call: Send, settings: Any, db: None) -> None:
    call("signup", **CREDENTIALS)
    (message,) = mail.outbox
    link = re.search(rf"{settings.FRONTEND_URL}/verify-email/(\S+)", str(message.body))
    assert (message.to, message.from_email) == (["eve@example.com"], settings.DEFAULT_FROM_EMAIL)
    assert link is not None
    assert call("email/verify", key=unquote(link[1])).status_code in (200, 401)
    assert User.objects.get().emailaddress_set.get().verified


def test_a_forgotten_password_is_set_again_by_a_link_in_a_mail(call: Send, settings: Any, db: None) -> None:
    user = make_user(email="eve@example.com", password="forgotten-horse-8")
    assert call("password/request", email="EVE@example.com").status_code == 200
    link = re.search(rf"{settings.FRONTEND_URL}/reset-password/(\S+)", str(mail.outbox[0].body))
    assert link is not None
    key = unquote(link[1])
    assert call("password/reset", key=key, password="correct-horse-9").status_code in (200, 401)
    user.refresh_from_db()
    assert user.check_password("correct-horse-9")
    assert call("password/reset", key=key, password="correct-horse-7").status_code == 400


def test_of_two_sign_ups_at_once_with_one_address_the_second_is_refused(call: Send, db: None) -> None:
    def sign_up_meanwhile(instance: User, **_: Any) -> None:
        pre_save.disconnect(sign_up_meanwhile, sender=User)
        make_user(email=instance.email)

    pre_save.connect(sign_up_meanwhile, sender=User)
    try:
        response = call("signup", **CREDENTIALS)
    finally:
        pre_save.disconnect(sign_up_meanwhile, sender=User)
    (error,) = response.json()["errors"]
    assert (response.status_code, error["code"], error["param"]) == (400, "email_taken", "email")
    assert not Client.objects.exists()
