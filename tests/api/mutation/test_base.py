"""Rules for every mutation: authentication, ids and idempotency keys."""

from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest

from api.schema import schema
from api.types.ids import to_global_id
from reservation.domain.caller import ANONYMOUS
from reservation.domain.erasure import erase_client
from reservation.models import Provider, Service, User
from tests.api.mutation.conftest import Change, Refuse, document_of
from tests.api.mutation.inputs import IDS, MUTATIONS, valid, when
from tests.factories import NOW
from tests.practice import APPOINTMENT, CLIENT, PROVIDER, RESERVATION, SERVICE, Ask, Practice
from tests.rows import all_rows

NOUNS = {"a": "Appointment", "c": "Client", "p": "Provider", "r": "Reservation", "s": "Service"}
SELECTIONS = {"Provider": PROVIDER, "Service": SERVICE, "Client": CLIENT, "Appointments": APPOINTMENT}
OTHERS = {
    "offerAppointments": {"endsAt": "2030-01-03T02:00:00Z"},
    "withdrawAppointments": {"endsAt": "2030-01-02T15:15:00Z"},
    "reserveAppointment": {"note": "Bye."},
    "confirmReservation": "booking",
    "cancelReservation": {"reason": "Snow."},
    "rescheduleReservation": "hold",
    "completeReservation": "hold",
    "markReservationNoShow": "hold",
}
"""What makes it another input: fields, or the name of another reservation of the practice."""


def test_every_mutation_is_tested_here() -> None:
    assert schema.mutation_type is not None
    assert MUTATIONS.keys() == schema.mutation_type.fields.keys()


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_the_payload_has_the_object_and_no_errors(
    mutation: str, changes: Change, practice: Practice, readable: Any, snapshot: Any
) -> None:
    select = next((text for noun, text in SELECTIONS.items() if mutation.endswith(noun)), RESERVATION)
    payload = changes(mutation, caller=practice.staff, now=when(mutation), select=select, **valid(mutation, practice))
    assert readable(payload) == snapshot


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_an_anonymous_caller_changes_nothing(mutation: str, ask: Ask, practice: Practice) -> None:
    for key in ({}, {"idempotencyKey": "once"}):
        before = all_rows()
        answer = ask(document_of(mutation), caller=ANONYMOUS, now=when(mutation), input=valid(mutation, practice) | key)
        assert (answer.data, answer.codes) == ({mutation: None}, ["UNAUTHENTICATED"])
        assert all_rows() == before


@pytest.mark.parametrize(("mutation", "field"), IDS)
def test_a_malformed_id_or_one_of_another_type_is_invalid(
    mutation: str, field: str, refuse: Refuse, practice: Practice
) -> None:
    noun = NOUNS[field[0]]
    other = to_global_id("Client" if noun == "Provider" else "Provider", practice.provider.pk)
    many = field.endswith("s")
    for wrong in ("", "garbage", "é", "\x00", other, to_global_id("Nobody", 1), to_global_id(noun, -1)):
        given = valid(mutation, practice) | {field: [wrong] if many else wrong}
        assert refuse(mutation, caller=practice.staff, now=when(mutation), **given) == ("INVALID_INPUT", [field])
    for digits in ("", "1x", "1.0", "+1", "01", "0" * 30 + "9" * 20, "9" * 19, "9" * 5000, "\u0661"):
        wrong = b64encode(f"{noun}:{digits}".encode()).decode()
        given = valid(mutation, practice) | {field: [wrong] if many else wrong}
        assert refuse(mutation, caller=practice.staff, now=when(mutation), **given) == ("INVALID_INPUT", [field])


@pytest.mark.parametrize(("mutation", "field"), IDS)
def test_an_id_of_no_object_is_not_found(mutation: str, field: str, refuse: Refuse, practice: Practice) -> None:
    noun = NOUNS[field[0]]
    for key in (0, 10**9, 2**63 - 1):
        missing = to_global_id(noun, key)
        given = valid(mutation, practice) | {field: [missing] if field.endswith("s") else missing}
        assert refuse(mutation, caller=practice.staff, now=when(mutation), **given) == ("NOT_FOUND", [field])


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_the_same_key_has_its_effect_once(mutation: str, changes: Change, practice: Practice) -> None:
    given = valid(mutation, practice) | {"idempotencyKey": "once"}
    first = changes(mutation, caller=practice.staff, now=when(mutation), **given)
    after = all_rows()
    assert changes(mutation, caller=practice.staff, now=when(mutation), **given) == first
    assert all_rows() == after


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_repeated_key_returns_only_what_the_caller_may_see_now(
    mutation: str, changes: Change, refuse: Refuse, practice: Practice
) -> None:
    """The caller has lost the rights of staff since. Providers, services and appointments are everybody's to see."""
    given = valid(mutation, practice) | {"idempotencyKey": "once"}
    first = changes(mutation, caller=practice.staff, now=when(mutation), **given)
    now_nobody = replace(practice.staff, is_staff=False, is_superuser=False)
    if first.keys() & {"client", "reservation"}:
        hidden = ("NOT_FOUND", ["idempotencyKey"])
        assert refuse(mutation, caller=now_nobody, now=when(mutation), **given) == hidden
    else:
        assert changes(mutation, caller=now_nobody, now=when(mutation), **given) == first


def test_a_former_member_of_staff_does_not_read_a_foreign_clients_present_address(
    changes: Change, refuse: Refuse, practice: Practice
) -> None:
    both = replace(practice.staff, provider_id=practice.other_provider.pk)
    given = {"clientId": to_global_id("Client", practice.client.pk), "phone": "1", "idempotencyKey": "once"}
    changes("updateClient", caller=both, select="email", **given)
    User.objects.filter(pk=practice.client.user_id).update(email="new@example.com")
    only_provider = replace(both, is_staff=False, is_superuser=False)
    assert refuse("updateClient", caller=only_provider, select="email", **given) == ("NOT_FOUND", ["idempotencyKey"])


def test_a_repeated_key_whose_object_was_erased_is_refused(changes: Change, refuse: Refuse, practice: Practice) -> None:
    given = {"clientId": to_global_id("Client", practice.client.pk), "phone": "1", "idempotencyKey": "client"}
    changes("updateClient", caller=practice.staff, **given)
    erase_client(caller=practice.staff, client_id=practice.client.pk, now=NOW)
    assert refuse("updateClient", caller=practice.staff, **given) == ("NOT_FOUND", ["idempotencyKey"])
    for mutation, model in (("createService", Service), ("createProvider", Provider)):
        given = valid(mutation, practice) | {"idempotencyKey": mutation}
        changes(mutation, caller=practice.staff, **given)
        model.objects.order_by("pk").last().delete()  # type: ignore[attr-defined]
        assert refuse(mutation, caller=practice.staff, **given) == ("NOT_FOUND", ["idempotencyKey"])


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_key_is_refused_for_another_input(mutation: str, changes: Change, refuse: Refuse, practice: Practice) -> None:
    given = valid(mutation, practice) | {"idempotencyKey": "once"}
    changes(mutation, caller=practice.staff, now=when(mutation), **given)
    other = OTHERS.get(mutation, {"name": "Someone else"})
    if isinstance(other, str):
        other = {"reservationId": to_global_id("Reservation", getattr(practice, other).pk)}
    reused = ("IDEMPOTENCY_KEY_REUSED", ["idempotencyKey"])
    assert refuse(mutation, caller=practice.staff, now=when(mutation), **{**given, **other}) == reused


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize("key", ["", "k" * 256, "k" * 10_000], ids=["empty", "256", "10,000"])
def test_a_key_of_an_invalid_length_is_refused(mutation: str, key: str, refuse: Refuse, practice: Practice) -> None:
    given = valid(mutation, practice) | {"idempotencyKey": key}
    invalid = ("INVALID_INPUT", ["idempotencyKey"])
    assert refuse(mutation, caller=practice.staff, now=when(mutation), **given) == invalid


def test_a_key_may_have_255_characters_of_any_kind(changes: Change, practice: Practice) -> None:
    for key in ("k" * 255, "😀" * 255, " ", "K" * 255, "a\x00b"):
        changes("createService", caller=practice.staff, name="S", durationMinutes=15, idempotencyKey=key)
    assert len(all_rows()["Service"]) == 6


def test_a_key_belongs_to_its_caller(changes: Change, practice: Practice) -> None:
    for who, start in (("client", 8), ("other client", 12)):
        given = {"appointmentId": to_global_id("Appointment", practice.slots[start].pk), "idempotencyKey": "once"}
        changes("reserveAppointment", caller=practice.who(who), **given)
    assert len(all_rows()["Reservation"]) == 4
    assert len(all_rows()["IdempotencyKey"]) == 2
