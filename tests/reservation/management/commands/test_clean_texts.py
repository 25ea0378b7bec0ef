"""The command clean_texts, whose function a migration calls too: stored texts follow the rules of new ones."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from reservation.models import Client, Reservation, Service
from tests.factories import make_booking, make_client, make_service

pytestmark = pytest.mark.django_db


def store(model: Any, pk: int, **texts: str) -> None:
    """Writes texts as an earlier version did, past all rules."""
    with connection.cursor() as cursor:
        for column, text in texts.items():
            cursor.execute(f"UPDATE {model._meta.db_table} SET {column} = %s WHERE id = %s", [text, pk])


def test_what_is_forbidden_is_left_out_and_nothing_that_shows_is_lost(capsys: pytest.CaptureFixture[str]) -> None:
    client, service, booking = make_client(), make_service(name="As it is"), make_booking()
    store(Client, client.pk, name="Emil\u000bFische\u0301r\ufffe", phone="\u202d+49\u202c", folded_name="")
    store(Reservation, booking.pk, note="Hello\u000bthere\u202e\x01", cancel_reason="\ufffe")
    call_command("clean_texts")
    assert capsys.readouterr().out == (
        "Client: 1 changed.\nProvider: 0 changed.\nService: 0 changed.\nReservation: 1 changed.\n"
    )
    client.refresh_from_db()
    booking.refresh_from_db()
    assert (client.name, client.phone, client.folded_name) == ("Emil Fischér", "+49", "emil fischer")
    assert (booking.note, booking.cancel_reason) == ("Hello\nthere", "")
    assert Service.objects.values("name", "folded_name").get() == {"name": service.name, "folded_name": "as it is"}
    call_command("clean_texts")
    assert "1 changed" not in capsys.readouterr().out


def test_a_name_of_which_nothing_would_remain_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    blank, other = make_client(), make_client()
    store(Client, blank.pk, name="\u3164", phone="\u200b")
    store(Client, other.pk, name="A\x01b")
    with pytest.raises(CommandError, match=rf"(?s)change them by hand\.\nClient {blank.pk}: name\Z"):
        call_command("clean_texts")
    assert [*Client.objects.order_by("pk").values_list("name", "phone")] == [("\u3164", ""), ("Ab", "")]
