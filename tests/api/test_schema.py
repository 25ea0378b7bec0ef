"""The served schema fulfils the contract with its clients, and describes every element."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    build_schema,
    is_introspection_type,
    is_required_argument,
    is_required_input_field,
    is_specified_scalar_type,
)

from api.http.errors import Code
from api.management.commands import export_schema
from api.mutation.errors import ErrorCode
from api.schema import schema
from reservation.domain.errors import DomainError

CONTRACT = build_schema((Path(__file__).parent.parent / "contract.graphql").read_text())


def own_types(types: dict[str, GraphQLNamedType]) -> list[str]:
    return sorted(
        name for name, one in types.items() if not is_introspection_type(one) and not is_specified_scalar_type(one)
    )


def promises(one: GraphQLNamedType) -> dict[str, Any]:
    """The parts of a type that a client relies on: fields, arguments and values, each with its type and nullability."""
    match one:
        case GraphQLObjectType() | GraphQLInterfaceType():
            interfaces = {f"implements {interface.name}": True for interface in one.interfaces}
            fields = {name: str(field.type) for name, field in one.fields.items()}
            arguments = {
                f"{name}({argument})": str(taken.type)
                for name, field in one.fields.items()
                for argument, taken in field.args.items()
            }
            return interfaces | fields | arguments
        case GraphQLInputObjectType():
            return {name: str(field.type) for name, field in one.fields.items()}
        case GraphQLEnumType():
            return dict.fromkeys(one.values, True)
    return {}


@pytest.mark.parametrize("name", own_types(CONTRACT.type_map))
def test_the_schema_fulfils_the_contract_for(name: str) -> None:
    promised, served = CONTRACT.type_map[name], schema.type_map[name]
    assert isinstance(served, type(promised))
    assert promises(promised).items() <= promises(served).items()


@pytest.mark.parametrize("name", own_types(CONTRACT.type_map))
def test_clients_need_nothing_beyond_the_contract_for(name: str) -> None:
    promised, served = CONTRACT.type_map[name], schema.type_map[name]
    if isinstance(served, GraphQLInputObjectType):
        assert isinstance(promised, GraphQLInputObjectType)
        required = {field for field, one in served.fields.items() if is_required_input_field(one)}
        assert required <= promised.fields.keys()
    if isinstance(served, GraphQLObjectType):
        assert isinstance(promised, GraphQLObjectType)
        for field, one in promised.fields.items():
            required = {arg for arg, taken in served.fields[field].args.items() if is_required_argument(taken)}
            assert required <= one.args.keys()


@pytest.mark.parametrize("name", own_types(schema.type_map))
def test_everything_is_described_in(name: str) -> None:
    served = schema.type_map[name]
    described: dict[str, Any] = {name: served}
    if isinstance(served, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        described |= served.fields
    if isinstance(served, GraphQLObjectType | GraphQLInterfaceType):
        described |= {f"{name}({arg})": taken for name, one in served.fields.items() for arg, taken in one.args.items()}
    if isinstance(served, GraphQLEnumType):
        described |= served.values
    assert [element for element, one in described.items() if not (one.description or "").strip()] == []


def test_the_schema_file_is_current() -> None:
    call_command("export_schema", check=True)


def test_a_stale_schema_file_is_reported_and_export_updates_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_schema, "PATH", tmp_path / "schema.graphql")
    with pytest.raises(CommandError, match="stale"):
        call_command("export_schema", check=True)
    call_command("export_schema")
    call_command("export_schema", check=True)
    (tmp_path / "schema.graphql").write_text("type Query { a: Int }\n")
    with pytest.raises(CommandError, match="stale"):
        call_command("export_schema", check=True)


def domain_codes() -> set[str]:
    found, classes = set(), [DomainError]
    while classes:
        for one in classes.pop().__subclasses__():
            classes.append(one)
            if one.__module__.startswith("reservation."):
                found.add(one.code)
    return found


def test_every_domain_error_has_a_code_in_the_schema() -> None:
    assert domain_codes() == set(ErrorCode) | {Code.UNAUTHENTICATED}


def test_every_list_that_can_grow_is_a_connection() -> None:
    plain = {
        f"{name}.{field}"
        for name, one in schema.type_map.items()
        if isinstance(one, GraphQLObjectType) and not is_introspection_type(one)
        for field, served in one.fields.items()
        if "[" in str(served.type) and not name.endswith(("Connection", "Payload")) and name != "UserError"
    }
    assert plain == {"Query.nodes", "Reservation.appointments"}
