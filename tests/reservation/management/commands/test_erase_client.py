"""Forgetting a person from the command line."""

from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from reservation.management.commands import erase_client
from reservation.models import Client, ReservationEvent
from tests.factories import make_booking, make_client, make_provider
from tests.reservation.domain.people import EMAIL, make_person
from tests.rows import all_rows

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("erase_client", *arguments, stdout=output)
    return output.getvalue()


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The reply that is typed at the terminal; afterwards, the prompts."""
    talk: list[str] = []

    def ask(question: str) -> str:
        reply = talk.pop()
        talk.append(question)
        return reply

    monkeypatch.setattr(erase_client.sys, "stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("builtins.input", ask)
    return talk


def test_erase_client_erases_and_says_what_is_left() -> None:
    client = make_person()
    booking = make_booking(client=client)
    assert run(EMAIL, "--yes") == "Erased. 1 reservations were anonymised.\n"
    nobody = Client.objects.get()
    assert (nobody.name, nobody.pk == client.pk) == ("Erased client", False)
    events = ReservationEvent.objects.filter(reservation=booking).order_by("pk")
    assert list(events.values_list("kind", "user_id")) == [
        (kind, nobody.user_id) for kind in ("HELD", "CONFIRMED", "CANCELLED")
    ]


def test_erase_client_asks_at_the_terminal(answer: list[str]) -> None:
    client = make_person()
    answer.append("yes")
    assert run(str(client.pk)) == "Erased. 0 reservations were anonymised.\n"
    assert answer == [f"Erase Cleo Quartz ({EMAIL}) for good? Type yes: "]


@pytest.mark.parametrize("reply", ["", "y", "no", "YES"])
def test_erase_client_does_nothing_for_another_answer_than_yes(reply: str, answer: list[str]) -> None:
    make_person()
    before = all_rows()
    answer.append(reply)
    with pytest.raises(CommandError, match=r"^Nothing was erased\.$"):
        run(EMAIL)
    assert all_rows() == before


def test_erase_client_does_nothing_without_a_terminal() -> None:
    make_person()
    before = all_rows()
    with pytest.raises(CommandError, match=r"^There is no terminal to ask at: pass --yes\.$"):
        run(EMAIL)
    assert all_rows() == before


def test_erase_client_says_who_is_more_than_a_client() -> None:
    client = make_client(user=make_provider().user)
    before = all_rows()
    with pytest.raises(CommandError, match=r"^This account is a provider's or staff's too\.$"):
        run(str(client.pk), "--yes")
    assert all_rows() == before


def test_erase_client_a_second_time_finds_no_client() -> None:
    make_person()
    run(EMAIL, "--yes")
    before = all_rows()
    with pytest.raises(CommandError, match=r"^There is no client with this address or id\.$"):
        run(EMAIL, "--yes")
    assert all_rows() == before
