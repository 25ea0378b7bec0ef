"""Every text that a command takes follows the same rules."""

from collections.abc import Callable
from typing import Any

import pytest

from reservation.domain.client import create_client, register_client, update_client
from reservation.domain.errors import InvalidInput
from reservation.domain.provider import create_provider, update_provider
from reservation.domain.reservation import cancel, reserve
from reservation.domain.service import create_service, update_service
from reservation.models import Client, Provider, Reservation, Service
from tests.factories import (
    NOW,
    caller,
    make_appointments,
    make_client,
    make_hold,
    make_provider,
    make_service,
    make_user,
    staff,
)
from tests.rows import refused

pytestmark = pytest.mark.django_db

Call = Callable[[str], Any]


def commands(field: str) -> dict[str, Call]:
    """Returns calls of the commands that take this text."""
    who, client, provider, service = staff(), make_client(), make_provider(), make_service()
    common: dict[str, Any] = {"caller": who, "now": NOW}
    new = {"name": "Some Name", "email": "new@example.com"}
    if field in ("name", "phone"):
        calls: dict[str, Call] = {
            "create_client": lambda text: create_client(**common, **{**new, field: text}),
            "update_client": lambda text: update_client(**common, client_id=client.pk, **{field: text}),
        }
        if field == "name":
            user = make_user()
            calls |= {
                "register_client": lambda text: register_client(user=user, name=text, now=NOW),
                "create_provider": lambda text: create_provider(**common, name=text, email="other@example.com"),
                "update_provider": lambda text: update_provider(**common, provider_id=provider.pk, name=text),
                "create_service": lambda text: create_service(**common, name=text, duration_minutes=15),
                "update_service": lambda text: update_service(**common, service_id=service.pk, name=text),
            }
        return calls
    if field == "bio":
        return {
            "create_provider": lambda text: create_provider(**common, **new, bio=text),
            "update_provider": lambda text: update_provider(**common, provider_id=provider.pk, bio=text),
        }
    if field == "description":
        return {
            "create_service": lambda text: create_service(
                **common, name="Some Name", duration_minutes=15, description=text
            ),
            "update_service": lambda text: update_service(**common, service_id=service.pk, description=text),
        }
    if field == "note":
        (slot,) = make_appointments(provider)
        return {
            "reserve": lambda text: reserve(caller=caller(client), appointment_id=slot.pk, note=text, now=NOW),
        }
    hold = make_hold(client=client)
    return {"cancel": lambda text: cancel(caller=caller(client), reservation_id=hold.pk, reason=text, now=NOW)}


NAMES, PROSE = ["name", "phone"], ["bio", "description", "note", "reason"]
IN_NO_TEXT = ["a\x01b", "a\x9fb", "\u202eLena", "a\u2067b", "Emil\ufffeX", "a\uffff", "a\ufdd0", "a\ud800"]
IN_NO_NAME = ["Emil\u000bFischer", "a\nb", "a\tb", "a\u2028b", "\u3164", "\u2800"]


@pytest.mark.parametrize("field", [*NAMES, *PROSE])
def test_no_text_has_controls_or_what_turns_round_the_direction(field: str) -> None:
    for call in commands(field).values():
        for text in IN_NO_TEXT + (IN_NO_NAME if field in NAMES else []):
            with refused(InvalidInput, field=field):
                call(text)


@pytest.mark.parametrize("field", [*NAMES, *PROSE])
def test_every_text_is_stored_in_the_composed_form(field: str) -> None:
    calls = commands(field)
    for call in calls.values():
        call("Jose\u0301")
    columns = {"reason": "cancel_reason"}
    stored = [
        text
        for model in (Client, Provider, Service, Reservation)
        if columns.get(field, field) in {one.name for one in model._meta.fields}
        for text in model.objects.values_list(columns.get(field, field), flat=True)
    ]
    assert stored.count("Jos\u00e9") == len(calls)


@pytest.mark.parametrize("field", PROSE)
def test_prose_has_lines_and_tabs(field: str) -> None:
    call, *_ = commands(field).values()
    row = call("One\r\n\tTwo\u000bThree")
    assert getattr(row, {"reason": "cancel_reason"}.get(field, field)) == "One\r\n\tTwo\nThree"
