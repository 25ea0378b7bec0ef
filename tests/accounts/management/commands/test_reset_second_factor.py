"""The command `reset_second_factor`."""

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client as Browser

from tests.accounts.authenticator import code, give_second_factor
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def log_in(browser: Browser, **fields: str) -> int:
    fields = {"username": "staff@example.com", "password": "correct-horse-9", "next": "/admin/", **fields}
    return browser.post("/admin/login/", fields).status_code


def test_it_removes_the_second_factor_and_ends_every_session(client: Browser) -> None:
    cache.clear()
    give_second_factor(make_user(email="staff@example.com", password="correct-horse-9", is_staff=True))
    assert log_in(client, code=code()) == 302
    call_command("reset_second_factor", "STAFF@example.com", verbosity=0)
    assert client.get("/admin/").status_code == 302, "still logged in"
    assert log_in(client) == 302


@pytest.mark.parametrize("email", ["somebody@example.com", "nobody@example.com"])
def test_it_fails_without_an_account_or_a_second_factor(email: str) -> None:
    make_user(email="somebody@example.com")
    with pytest.raises(CommandError, match=r"no second factor|no account"):
        call_command("reset_second_factor", email)
