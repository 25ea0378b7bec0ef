"""Accounts: their e-mail address, password and permissions."""

import pytest

from reservation.models import User
from reservation.models.user import normalise_email

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
