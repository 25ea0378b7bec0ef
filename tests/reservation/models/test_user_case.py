"""An e-mail address belongs to one account in any spelling, also in the admin's forms."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client as Browser
from django.urls import reverse

from reservation.models import User
from tests.factories import make_user
from tests.rows import all_rows

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-enough-one-7"
TAKEN = {"email": ["User with this Email already exists."]}


@pytest.fixture
def browser(client: Browser) -> Browser:
    """A browser in which a superuser has logged in."""
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def errors(response: Any) -> dict[str, list[str]]:
    """The errors of the form that is shown again."""
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["adminform"].form.errors
    return found


@pytest.mark.parametrize("email", ["dup@x.co", "DUP@x.co", "dup@X.CO", " Dup@x.co "])
def test_the_form_refuses_to_add_an_address_that_has_an_account(browser: Browser, email: str) -> None:
    make_user(email="dup@x.co")
    before = all_rows()
    fields = {"email": email, "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert errors(browser.post(reverse("admin:reservation_user_add"), fields)) == TAKEN
    assert all_rows() == before


def test_the_form_refuses_to_give_an_account_the_address_of_another(browser: Browser) -> None:
    make_user(email="dup@x.co")
    other = make_user(email="other@x.co")
    before = all_rows()
    page = reverse("admin:reservation_user_change", args=[other.pk])
    assert errors(browser.post(page, {"email": "DUP@x.co", "is_active": "on"})) == TAKEN
    assert all_rows() == before


def test_the_form_accepts_another_spelling_of_the_accounts_own_address(browser: Browser) -> None:
    user = make_user(email="dup@x.co")
    page = reverse("admin:reservation_user_change", args=[user.pk])
    assert browser.post(page, {"email": "DUP@x.co", "is_active": "on"}).status_code == 302
    user.refresh_from_db()
    assert user.email == "dup@x.co"


def test_a_check_of_every_field_finds_the_address_in_any_spelling() -> None:
    make_user(email="dup@x.co")
    user = User(email="DUP@x.co", password="!")
    with pytest.raises(ValidationError) as caught:
        user.full_clean()
    assert caught.value.message_dict == TAKEN
    assert user.email == "dup@x.co"


@pytest.mark.parametrize("email", ["dup@x\uff0eco", "dup@\uff58.co", "DUP@\uff38.CO"])
def test_the_forms_know_an_address_in_each_spelling(browser: Browser, email: str) -> None:
    make_user(email="dup@x.co")
    other = make_user(email="other@x.co")
    before = all_rows()
    page = reverse("admin:reservation_user_change", args=[other.pk])
    assert browser.post(page, {"email": email, "is_active": "on"}).status_code == 200
    fields = {"email": email, "name": "Dup"}
    assert "There is an account" in browser.post(reverse("admin:reservation_client_add"), fields).content.decode()
    assert all_rows() == before


def test_the_forms_refuse_an_address_without_a_normal_form_in_words(browser: Browser) -> None:
    refusal = "The domain of this address is no valid name (IDNA 2008)."
    user = make_user(email="other@x.co")
    for page in (
        reverse("admin:reservation_user_add"),
        reverse("admin:reservation_user_change", args=[user.pk]),
        reverse("admin:reservation_client_add"),
        reverse("admin:reservation_provider_add"),
    ):
        fields = {"email": "a@\u2603.example", "name": "Snow", "usable_password": "false"}
        assert errors(browser.post(page, fields))["email"] == [refusal], page
