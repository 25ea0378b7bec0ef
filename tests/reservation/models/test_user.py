"""Accounts: their e-mail address, password and permissions."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from reservation.models import User
from reservation.models.email import normalise_email

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("email", ["ada@example.com", " Ada@Example.COM ", "ADA@EXAMPLE.COM\n"])
def test_an_address_has_one_spelling(email: str) -> None:
    assert normalise_email(email) == "ada@example.com"
    user = User.objects.create_user(email=email)
    user.refresh_from_db()
    assert (user.email, str(user)) == ("ada@example.com", "ada@example.com")


def test_an_account_is_found_by_any_spelling_of_its_address() -> None:
    user = User.objects.create_user(email="ada@example.com")
    assert User.objects.get_by_natural_key(" ADA@example.com") == user
    for unknown in (None, "", "bob@example.com"):
        with pytest.raises(User.DoesNotExist):
            User.objects.get_by_natural_key(unknown)


def test_an_account_without_a_password_cannot_log_in() -> None:
    assert not User.objects.create_user(email="ada@example.com").has_usable_password()
    assert User.objects.create_user(email="bob@example.com", password="s3cret").check_password("s3cret")


def test_a_superuser_may_do_everything() -> None:
    user = User.objects.create_superuser(email="ada@example.com", password="s3cret")
    assert (user.is_staff, user.is_superuser, user.is_active) == (True, True, True)


@pytest.mark.parametrize(
    ("typed", "mailed"),
    [
        ("Ada@B\u00fccher.example", "Ada@xn--bcher-kva.example"),
        ("ada@b\u00fccher.example", "ada@xn--bcher-kva.example"),
    ],
)
def test_an_account_stores_the_normal_form_and_what_was_typed(typed: str, mailed: str) -> None:
    user = User.objects.create_user(email=f" {typed} ")
    user.refresh_from_db()
    assert (user.email, user.typed_email, user.mail_address) == ("ada@xn--bcher-kva.example", typed, mailed)


def test_a_new_address_replaces_the_former_one_as_it_was_typed() -> None:
    user = User.objects.create_user(email="Ada@example.com")
    user.email = "ada@work.example.com"
    user.save(update_fields=["email"])
    user.refresh_from_db()
    assert (user.email, user.mail_address) == ("ada@work.example.com", "ada@work.example.com")
    user.email = "ADA@work.example.com"
    user.save(update_fields=["email"])
    user.refresh_from_db()
    assert (user.email, user.mail_address) == ("ada@work.example.com", "ADA@work.example.com")


@pytest.mark.parametrize("email", ["ada@\u2603.example", "\uff41da@example.com", "ada"])
def test_an_address_without_a_normal_form_is_refused_by_every_way_to_store_it(email: str) -> None:
    for way in (lambda: User.objects.create_user(email=email), User(email=email, password="!").full_clean):
        with pytest.raises(ValidationError):
            way()
    with pytest.raises(CommandError):
        call_command("createsuperuser", email=email, interactive=False, verbosity=0)
    assert not User.objects.exists()


def test_createsuperuser_stores_the_normal_form() -> None:
    call_command("createsuperuser", email="Root@B\u00fccher.example", interactive=False, verbosity=0)
    assert User.objects.get().email == "root@xn--bcher-kva.example"


# --- Accounts whose address was in doubt when normal forms were introduced --------------------------------------------


def make_in_doubt(email: str) -> User:
    user = User.objects.create_user(email="placeholder@example.com", password="s3cret")
    User.objects.filter(pk=user.pk).update(email=email)
    user.refresh_from_db()
    return user


@pytest.mark.parametrize("email", ["ada@b\u00fccher.example", "ada@\u2603.example", "ada@[192.0.2.1]"])
def test_an_account_in_doubt_is_found_by_exactly_what_it_stores_and_stays_so(email: str) -> None:
    user = make_in_doubt(email)
    assert User.objects.get_by_natural_key(f" {email.upper()} ") == user
    user.set_password("another")
    user.save()
    user.full_clean()
    user.refresh_from_db()
    assert (user.email, user.check_password("another")) == (email, True)


def test_an_account_in_doubt_and_the_one_with_its_normal_form_are_told_apart() -> None:
    doubtful = make_in_doubt("ada@b\u00fccher.example")
    normal = User.objects.create_user(email="ada@xn--bcher-kva.example")
    assert User.objects.get_by_natural_key("Ada@b\u00fccher.example") == doubtful
    assert User.objects.get_by_natural_key("Ada@bu\u0308cher.example") == normal
    assert User.objects.get_by_natural_key("ada@xn--bcher-kva.example") == normal


def test_an_account_in_doubt_gets_mail_if_its_address_can_be_written_in_ascii() -> None:
    addresses = {"ada@b\u00fccher.example": "ada@xn--bcher-kva.example", "ada@[192.0.2.1]": "ada@[192.0.2.1]"}
    for stored, mailed in {**addresses, "ada@\u2603.example": None}.items():
        assert User(email=stored).mail_address == mailed
