"""Every document in docs/examples works as its comment says."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from graphql import FieldNode, OperationDefinitionNode, OperationType, parse

from api.schema import schema
from tests.factories import NOW, TOMORROW, make_appointments
from tests.practice import Ask, Practice, gid

Variables = dict[str, Any]

EXAMPLES = {path.stem: path.read_text() for path in sorted((settings.BASE_DIR / "docs" / "examples").glob("*.graphql"))}
A_WEEK = {"startsFrom": NOW.isoformat(), "startsBefore": (NOW + timedelta(days=7)).isoformat()}
AFTERWARDS = TOMORROW + timedelta(days=1)
BY_NAME = {"field": "NAME", "direction": "ASC"}
BY_START = {"field": "STARTS_AT", "direction": "DESC"}


def of(noun: str) -> Callable[[Practice], Variables]:
    """The id of one of the practice's objects."""
    return lambda practice: {"id": gid(getattr(practice, noun))}


def given(**variables: Any) -> Callable[[Practice], Variables]:
    return lambda _practice: variables


def hours(practice: Practice) -> Variables:
    """Two hours a week from now, which the provider has not offered yet."""
    begin = NOW + timedelta(days=7)
    return {
        "providerId": gid(practice.provider),
        "startsAt": begin.isoformat(),
        "endsAt": (begin + timedelta(hours=2)).isoformat(),
    }


def new_provider(practice: Practice) -> Variables:
    return {"name": "Emma", "email": "emma@example.com", "bio": "New.", "serviceIds": [gid(practice.service)]}


# The caller (one of PEOPLE), the variables, and of mutations the time.
READS: dict[str, tuple[str, Callable[[Practice], Variables]]] = {
    "appointment": ("client", lambda practice: {"id": gid(practice.slots[0])}),
    "client": ("client", lambda practice: {"id": gid(practice.client), "orderBy": BY_START}),
    "clients": ("staff", given(filter={"search": "Cleo"}, first=10)),
    "latest-reservations": ("client", given(last=1)),
    "next-open-appointment": ("nobody", lambda practice: {"serviceId": gid(practice.service)}),
    "node": ("nobody", of("service")),
    "nodes": ("client", lambda practice: {"ids": [gid(practice.hold), gid(practice.provider), gid(practice.service)]}),
    "open-appointments": ("nobody", given(filter=A_WEEK, first=5)),
    "provider": ("nobody", lambda practice: {"id": gid(practice.provider), **A_WEEK}),
    "providers": ("nobody", given(filter={"isActive": True}, orderBy=BY_NAME, first=10)),
    "reservation": ("client", of("booking")),
    "reservations": ("client", given(filter={"status": ["PENDING", "CONFIRMED"]}, orderBy=BY_START, first=10)),
    "service": ("nobody", of("service")),
    "services": ("nobody", lambda practice: {"filter": {"providerId": gid(practice.provider)}}),
    "viewer": ("client", given()),
}
CHANGES: dict[str, tuple[str, Callable[[Practice], Variables], datetime]] = {
    "cancel-reservation": ("client", lambda p: {"reservationId": gid(p.booking), "reason": "A cold."}, NOW),
    "complete-reservation": ("provider", lambda p: {"reservationId": gid(p.booking)}, AFTERWARDS),
    "confirm-reservation": ("client", lambda p: {"reservationId": gid(p.hold), "idempotencyKey": "a-key"}, NOW),
    "create-provider": ("staff", new_provider, NOW),
    "create-service": ("staff", given(name="Shaving", durationMinutes=15), NOW),
    "mark-reservation-no-show": ("provider", lambda p: {"reservationId": gid(p.booking)}, AFTERWARDS),
    "offer-appointments": ("provider", hours, NOW),
    "reschedule-reservation": (
        "client",
        lambda p: {"reservationId": gid(p.booking), "appointmentId": gid(p.slots[8])},
        NOW,
    ),
    "reserve-appointment": (
        "client",
        lambda p: {"appointmentId": gid(p.slots[10]), "serviceId": gid(p.service), "note": "Short."},
        NOW,
    ),
    "update-client": ("client", lambda p: {"clientId": gid(p.client), "phone": "+33 1 23 45 67 89"}, NOW),
    "update-provider": ("provider", lambda p: {"providerId": gid(p.provider), "bio": "Since 1998."}, NOW),
    "update-service": ("staff", lambda p: {"serviceId": gid(p.service), "durationMinutes": 45}, NOW),
    "withdraw-appointments": ("provider", hours, NOW),
}


def operation(name: str) -> OperationDefinitionNode:
    [found] = parse(EXAMPLES[name]).definitions
    assert isinstance(found, OperationDefinitionNode)
    return found


def root_fields(kind: OperationType) -> set[str]:
    """The fields of Query or Mutation that the examples select."""
    return {
        field.name.value
        for found in map(operation, EXAMPLES)
        if found.operation is kind
        for field in found.selection_set.selections
        if isinstance(field, FieldNode)
    }


def test_every_example_is_tested_here() -> None:
    assert READS.keys() | CHANGES.keys() == EXAMPLES.keys()


def test_the_examples_cover_the_whole_api() -> None:
    assert schema.query_type is not None
    assert schema.mutation_type is not None
    assert root_fields(OperationType.QUERY) == schema.query_type.fields.keys()
    assert root_fields(OperationType.MUTATION) == schema.mutation_type.fields.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_a_comment_and_the_name_of_its_file(name: str) -> None:
    comment, _, _ = EXAMPLES[name].partition("\n")
    assert comment.startswith("# ")
    assert comment.endswith(".")
    found = operation(name)
    words = "".join(word.capitalize() for word in name.split("-"))
    assert found.name is not None
    assert found.name.value == f"{words}{found.operation.value.capitalize()}"


@pytest.mark.parametrize("name", READS)
def test_an_example_of_a_query_finds_something(name: str, practice: Practice, ask: Ask) -> None:
    who, variables = READS[name]
    answer = ask(EXAMPLES[name], caller=practice.who(who), **variables(practice))
    assert answer.errors == []
    [found] = answer.data.values()
    listed = found if isinstance(found, list) else found.get("nodes", found.get("edges", [found]))
    assert listed
    assert all(listed)


@pytest.mark.parametrize("name", CHANGES)
def test_an_example_of_a_mutation_succeeds(name: str, practice: Practice, ask: Ask) -> None:
    who, given_input, now = CHANGES[name]
    if name == "withdraw-appointments":
        make_appointments(practice.provider, starts_at=NOW + timedelta(days=7), number=8)
    answer = ask(EXAMPLES[name], caller=practice.who(who), now=now, input=given_input(practice))
    assert answer.errors == []
    [payload] = answer.data.values()
    assert payload.pop("userErrors") == []
    assert all(payload.values())
