"""Fixtures for the tests of mutations."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from graphql import get_named_type, is_leaf_type

from api.schema import schema
from reservation.domain.caller import Caller
from tests.factories import NOW
from tests.practice import Ask
from tests.rows import all_rows

Change = Callable[..., dict[str, Any]]
Refuse = Callable[..., tuple[str, list[str]]]
Reject = Callable[..., list[str]]


def document_of(mutation: str, select: str | None = None) -> str:
    """The mutation with `$input`. It selects this of the payload's objects. Default: their ids."""
    assert schema.mutation_type is not None
    payload = get_named_type(schema.mutation_type.fields[mutation].type)
    fields = [
        name if is_leaf_type(get_named_type(field.type)) else f"{name} {{ {select or 'id'} }}"
        for name, field in payload.fields.items()
        if name != "userErrors"
    ]
    noun = mutation[0].upper() + mutation[1:]
    return f"""mutation($input: {noun}Input!) {{
        {mutation}(input: $input) {{ {" ".join(fields)} userErrors {{ code field }} }}
    }}"""


@pytest.fixture
def change(ask: Ask) -> Change:
    """Sends a mutation; returns its payload."""

    def change(
        mutation: str, *, caller: Caller, now: datetime = NOW, select: str | None = None, **input: Any
    ) -> dict[str, Any]:
        answer = ask(document_of(mutation, select), caller=caller, now=now, input=input)
        assert answer.errors == []
        payload: dict[str, Any] = answer.data[mutation]
        assert (payload["userErrors"] == []) == all(value is not None for value in payload.values())
        return payload

    return change


@pytest.fixture
def refuse(change: Change) -> Refuse:
    """Sends a mutation that is refused; returns code and field of its one user error. Asserts that nothing changed."""

    def refuse(mutation: str, **arguments: Any) -> tuple[str, list[str]]:
        before = all_rows()
        payload = change(mutation, **arguments)
        assert all_rows() == before
        (error,) = payload.pop("userErrors")
        assert set(payload.values()) == {None}
        return error["code"], error["field"]

    return refuse


@pytest.fixture
def changes(change: Change) -> Change:
    """Sends a mutation that succeeds; returns its payload."""

    def changes(mutation: str, **arguments: Any) -> dict[str, Any]:
        payload = change(mutation, **arguments)
        assert payload.pop("userErrors") == []
        return payload

    return changes


@pytest.fixture
def reject(ask: Ask) -> Reject:
    """Sends a mutation that is not executed; returns the codes of its errors. Asserts that nothing changed."""

    def reject(mutation: str, *, caller: Caller, now: datetime = NOW, **input: Any) -> list[str]:
        before = all_rows()
        answer = ask(document_of(mutation), caller=caller, now=now, input=input)
        assert answer.data is None
        assert all_rows() == before
        return answer.codes

    return reject
