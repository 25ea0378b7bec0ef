"""The command erase_client."""

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
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list of the reply to type at the terminal, which the command replaces by its prompt."""
    lines: list[str] = []

    def input_reply(prompt: str) -> str:
        reply = lines.pop()
        lines.append(prompt)
        return reply

    monkeypatch.setattr(erase_client.sys, "stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("builtins.input", input_reply)
    return lines


def test_erase_client_erases_and_reports_the_anonymised_reservations() -> None:
    client = make_person()
    booking = make_booking(client=client)
    assert run(EMAIL, "--yes") == "Erased. 1 reservations were anonymised.\n"
    erased = Client.objects.get()
    assert (erased.name, erased.pk == client.pk) == ("Erased client", False)
    events = ReservationEvent.objects.filter(reservation=booking).order_by("pk")
    assert list(events.values_list("kind", "user_id")) == [
        (kind, erased.user_id) for kind in ("HELD", "CONFIRMED", "CANCELLED")
    ]


def test_erase_client_asks_for_confirmation_at_the_terminal(terminal: list[str]) -> None:
    client = make_person()
    terminal.append("yes")
    assert run(str(client.pk)) == "Erased. 0 reservations were anonymised.\n"
    assert terminal == [f"Erase Cleo Quartz ({EMAIL}) for good? Type yes: "]


@pytest.mark.parametrize("reply", ["", "y", "no", "YES"])
def test_erase_client_does_nothing_for_any_reply_but_yes(reply: str, terminal: list[str]) -> None:
    make_person()
    before = all_rows()
    terminal.append(reply)
    with pytest.raises(CommandError, match=r"^Nothing was erased\.$"):
        run(EMAIL)
    assert all_rows() == before


def test_erase_client_does_nothing_without_a_terminal() -> None:
    make_person()
    before = all_rows()
    with pytest.raises(CommandError, match=r"^There is no terminal to ask at: pass --yes\.$"):
        run(EMAIL)
    assert all_rows() == before


def test_erase_client_refuses_a_client_who_is_also_a_provider() -> None:
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
