"""Ids and cursors with numbers that no database stores, wherever the schema takes them: refused, never a failure."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client as Browser
from graphql import GraphQLInputObjectType, GraphQLList, GraphQLNonNull, get_named_type

from api.schema import schema
from tests.conftest import Post
from tests.factories import make_booking, make_service, make_user

pytestmark = pytest.mark.django_db

LARGE = "9" * 24
KEYS = (LARGE, f"-{LARGE}", str(2**63), str(2**63 - 1), "-1", "9" * 5000)
NOUNS = ("Appointment", "Client", "Provider", "Reservation", "Service")
ORDERINGS = {
    "reservations": "reservation.starts_at",
    "clients": "client.name",
    "openAppointments": "appointment.starts_at",
    "services": "service.name",
    "providers": "provider.name",
}


def id_of(noun: str, key: str) -> str:
    return b64encode(f"{noun}:{key}".encode()).decode()


def is_list(type_: Any) -> bool:
    return isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)


def ids_in(type_: Any) -> Iterator[tuple[str, bool]]:
    """The fields of an input type that are ids, and whether they are lists."""
    for name, field in type_.fields.items():
        if get_named_type(field.type).name == "ID":
            yield name, is_list(field.type)


def operations(value: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """An operation for each place where the schema takes an id, with this value there."""
    kinds = {"query": schema.query_type, "mutation": schema.mutation_type}
    for kind, type_ in kinds.items():
        assert type_ is not None
        for name, field in type_.fields.items():
            for argument, given in field.args.items():
                named = get_named_type(given.type)
                if named.name == "ID":
                    variables: Iterator[Any] = iter([[value] if is_list(given.type) else value])
                elif isinstance(named, GraphQLInputObjectType):
                    variables = ({one: [value] if many else value} for one, many in ids_in(named))
                else:
                    continue
                for variable in variables:
                    yield f"{kind}($v: {given.type}) {{ {name}({argument}: $v) {{ __typename }} }}", {"v": variable}


@pytest.fixture
def browser(client: Browser) -> Browser:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    make_booking(service=make_service())
    return client


def codes(response: Any) -> set[str]:
    assert response.status_code in (200, 400), response.content
    return {error["extensions"]["code"] for error in json.loads(response.content).get("errors", ())}


@pytest.mark.parametrize("key", KEYS)
def test_no_id_breaks_an_operation(key: str, browser: Browser, post: Post) -> None:
    number = 0
    for noun in NOUNS:
        for query, variables in operations(id_of(noun, key)):
            number += 1
            assert "INTERNAL_SERVER_ERROR" not in codes(post({"query": query, "variables": variables})), query
    assert number >= 30 * len(NOUNS)


@pytest.mark.parametrize("key", [int(LARGE), -int(LARGE), 2**63, 2**63 - 1, -1, 1.5e300])
@pytest.mark.parametrize("value", ["2030-01-01T00:00:00+00:00", "0001-01-01T00:00:00+00:00", LARGE, ""])
def test_no_cursor_breaks_a_list(value: str, key: float, browser: Browser, post: Post) -> None:
    for name, ordering in ORDERINGS.items():
        cursor = urlsafe_b64encode(json.dumps([ordering, value, key]).encode()).decode()
        for argument in ("after", "before"):
            query = f"query($v: String) {{ {name}({argument}: $v) {{ nodes {{ __typename }} }} }}"
            assert "INTERNAL_SERVER_ERROR" not in codes(post({"query": query, "variables": {"v": cursor}})), query
