"""A mailbox has one account, however its address is spelled, and mail goes to that mailbox only."""

import json
import re
from io import StringIO
from typing import Any
from urllib.parse import unquote

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client as Browser

from reservation.domain.session import sessions_of
from reservation.models import User
from tests.api.application import Application, codes_of
from tests.factories import make_client, make_user
from tests.rows import all_rows

PASSWORD = "correct-horse-9"
BUECHER = ("a@b\u00fccher.example", "a@xn--bcher-kva.example", "A@BU\u0308CHER.Example", "a@XN--bcher-kva.example")
EXAMPLE = ("a@example.com", "a@\uff45xample.com", "A@EXAMPLE\u3002com", '"a"@example.com')
SHARP_S, SHARP_S_ENCODED = "Victim@stra\u00dfe.example", "Victim@xn--strae-oqa.example"
ACCENT, WITHOUT = "zoe@caf\u00e9.example", "zoe@cafe.example"

PAIRS = [(first, second) for group in (BUECHER, EXAMPLE) for first in group for second in group if first != second]


@pytest.fixture(autouse=True)
def empty_cache(db: None) -> None:
    cache.clear()


def sign_up(email: str, application: Application | None = None) -> Any:
    return (application or Application())("POST", "auth/signup", email=email, password=PASSWORD)


def log_in(email: str, password: str = PASSWORD) -> Any:
    return Application().log_in(email=email, password=password)


def reauthenticate(application: Application) -> None:
    assert application("POST", "auth/reauthenticate", password=PASSWORD).status_code == 200


def recipients() -> list[str]:
    """Those of every mail, as an SMTP server gets them; no mail has another address in its header."""
    for message in mail.outbox:
        assert message.message()["To"] == message.to[0]
        assert message.to[0].isascii()
    return [message.to[0] for message in mail.outbox]


# --- One mailbox, one account ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_mailbox_has_one_account_which_is_known_by_each_spelling(first: str, second: str) -> None:
    assert sign_up(first).status_code == 200
    before = all_rows()
    refused = sign_up(second)
    assert (refused.status_code, codes_of(refused)) == (400, ["email_taken"])
    assert all_rows() == before
    assert log_in(second).status_code == 200
    assert (User.objects.count(), EmailAddress.objects.count()) == (1, 1)


def test_staff_logs_in_with_each_spelling(client: Browser) -> None:
    make_user(email=BUECHER[0], password=PASSWORD, is_staff=True)
    for email in BUECHER:
        fields = {"username": email, "password": PASSWORD, "next": "/admin/"}
        assert client.post("/admin/login/", fields).status_code == 302
        client.logout()


@pytest.mark.parametrize(("one", "other"), [(ACCENT, WITHOUT), (SHARP_S, "victim@strasse.example")])
def test_addresses_that_look_alike_are_of_different_people(one: str, other: str) -> None:
    make_user(email=other, password=PASSWORD)
    assert log_in(one).status_code == 400
    assert sign_up(one).status_code == 200
    for email in (one, other):
        user = User.objects.get_by_natural_key(email)
        assert log_in(email).json()["data"]["user"]["id"] == user.pk
    assert User.objects.count() == 2


def test_no_command_finds_the_account_of_somebody_else() -> None:
    client = make_client(user=make_user(email=WITHOUT))
    before = all_rows()
    for command in (("reset_second_factor",), ("erase_client", "--yes"), ("export_client",)):
        with pytest.raises(CommandError, match="There is no"):
            call_command(command[0], ACCENT, *command[1:])
    with pytest.raises(CommandError, match="no second factor"):
        call_command("reset_second_factor", " Zoe@CAFE.example ")
    assert all_rows() == before
    output = StringIO()
    call_command("export_client", " Zoe@CAFE.example ", stdout=output)
    assert json.loads(output.getvalue())["client"]["id"] == client.pk


@pytest.mark.parametrize("command", ["reset_second_factor", "erase_client", "export_client"])
def test_a_command_says_why_an_address_can_have_no_account(command: str) -> None:
    with pytest.raises(CommandError, match=r"^The domain of this address is no valid name \(IDNA 2008\)\.$"):
        call_command(command, "a@\u2603.example")


@pytest.mark.parametrize("email", ["a@\u2603.example", "a@exa\u202emple.com", "\uff41@example.com", "a@[192.0.2.1]"])
def test_an_address_without_a_normal_form_is_refused(email: str) -> None:
    refused = sign_up(email)
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["param"]) == (400, "email")
    assert not User.objects.exists()
    assert log_in(email).status_code == 400
    assert Application()("POST", "auth/password/request", email=email).status_code == 400
    assert not mail.outbox


# --- Mail ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked_for", [SHARP_S, "VICTIM@Stra\u1e9ee.Example", "victim@xn--strae-oqa.example"])
def test_mail_goes_to_the_domain_that_was_typed_and_to_no_other(asked_for: str) -> None:
    assert sign_up(SHARP_S).status_code == 200
    assert recipients() == [SHARP_S_ENCODED]
    assert Application()("POST", "auth/password/request", email=asked_for).status_code == 200
    assert recipients() == [SHARP_S_ENCODED] * 2
    assert "reset-password/" in str(mail.outbox[-1].body)


def test_mail_about_an_unknown_account_goes_to_the_domain_that_was_typed() -> None:
    assert Application()("POST", "auth/password/request", email=SHARP_S).status_code == 200
    assert recipients() == [SHARP_S_ENCODED]
    assert "reset-password/" not in str(mail.outbox[-1].body)


def test_somebody_else_does_not_choose_how_the_address_is_written() -> None:
    make_user(email="ada@example.com", password=PASSWORD)
    Application()("POST", "auth/password/request", email="ADA@example.com")
    assert recipients() == ["ada@example.com"]


def verify(application: Application) -> None:
    """Verifies the address that the newest mail was sent to."""
    link = re.search(r"/verify-email/(\S+)", str(mail.outbox[-1].body))
    assert link is not None
    assert application("POST", "auth/email/verify", key=unquote(link[1])).status_code == 200


def test_a_new_address_is_mailed_to_as_typed_and_has_no_other_account() -> None:
    eve = Application()
    assert sign_up("Eve@example.com", eve).status_code == 200
    verify(eve)
    reauthenticate(eve)
    assert eve("POST", "account/email", email="Eve@B\u00fccher.example").status_code == 200
    assert recipients()[-1] == "Eve@xn--bcher-kva.example"
    assert User.objects.get().email == "eve@example.com"
    verify(eve)
    user = User.objects.get_by_natural_key("eve@bu\u0308cher.example")
    assert (user.email, user.mail_address) == ("eve@xn--bcher-kva.example", "Eve@xn--bcher-kva.example")
    assert recipients()[-1] == "eve@example.com"  # the former address is notified
    assert [address.email for address in EmailAddress.objects.filter(user=user)] == [user.email]
    again = eve("POST", "account/email", email="EVE@xn--bcher-kva.example")
    assert codes_of(again) == ["duplicate_email"]


def test_an_account_keeps_an_unverified_address_until_another_one_is_verified() -> None:
    eve = Application()
    sign_up("eve@example.com", eve)
    reauthenticate(eve)
    assert eve("POST", "account/email", email="eve@b\u00fccher.example").status_code == 200
    assert User.objects.get().email == "eve@example.com"
    assert log_in("eve@example.com").status_code == 200


def test_who_asks_for_the_address_of_another_has_nothing_of_theirs() -> None:
    victim, eve = Application(), Application()
    sign_up("Victim@example.com", victim)
    sign_up("eve@example.com", eve)
    reauthenticate(eve)
    assert eve("POST", "account/email", email="Victim@Example.com").status_code == 200
    user = User.objects.get_by_natural_key("eve@example.com")
    assert (user.email_as_typed, user.mail_address) == ("eve@example.com", "eve@example.com")
    assert {session.get_decoded()["_auth_user_id"] for session in sessions_of(user)} == {str(user.pk)}


def test_an_address_may_be_selected_in_each_spelling() -> None:
    eve = Application()
    sign_up("eve@b\u00fccher.example", eve)
    reauthenticate(eve)
    assert eve("PATCH", "account/email", email="Eve@B\u00dcCHER.example", primary=True).status_code == 200


def test_mail_is_not_sent_to_an_address_in_doubt_that_cannot_be_written_in_ascii(
    caplog: pytest.LogCaptureFixture,
) -> None:
    make_in_doubt("eve@\u2603.example")
    assert Application()("POST", "auth/password/request", email="eve@\u2603.example").status_code == 200
    assert not mail.outbox
    assert [record.getMessage() for record in caplog.records] == [
        "A mail was not sent: the address of its account has no form for mail."
    ]


# --- Accounts in doubt -----------------------------------------------------------------------------------------------


def make_in_doubt(email: str) -> User:
    """An account as the migration leaves it that found it in doubt."""
    user = make_user(password=PASSWORD)
    User.objects.filter(pk=user.pk).update(email=email)
    user.refresh_from_db()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@pytest.mark.parametrize("email", ["a@b\u00fccher.example", "a@\u2603.example", "a@[192.0.2.1]"])
def test_an_account_in_doubt_logs_in_with_exactly_what_it_stores(email: str) -> None:
    doubtful = make_in_doubt(email)
    make_user(email="a@xn--bcher-kva.example", password="another-horse-9")
    for typed in (email, email.upper()):
        assert log_in(typed).json()["data"]["user"]["id"] == doubtful.pk
    assert codes_of(sign_up(email)) == ["email_taken"]
    assert log_in("a@xn--bcher-kva.example").status_code == 400
    assert log_in("a@xn--bcher-kva.example", "another-horse-9").status_code == 200
    assert EmailAddress.objects.filter(user=doubtful).count() == 1
