"""Finds which operations have the same response for every caller, and what those read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    GraphQLType,
    OperationDefinitionNode,
    ValueNode,
    get_named_type,
    value_from_ast_untyped,
)

from api.execution import JsonValue
from api.permissions import EVERYBODY, WRAPPERS, audience
from api.types.ids import from_global_id
from reservation.domain.errors import InvalidInput

CATALOGUE_TYPES = frozenset({"Query", "Provider", "Service", "PageInfo"})
CALENDAR_TYPES = frozenset({"Appointment"})
"""Types whose objects are read from the catalogue, and from calendars. Responses with others are not cached."""

CALENDAR_ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "provider": ("id",),
    "openAppointments": ("filter", "providerIds"),
    "nextOpenAppointment": ("providerIds",),
}
"""The fields of Query that read the calendars of given providers: the argument with their ids, and the keys in it."""

OTHER_PROVIDERS = ("Service", "providers")
"""The field that leads from one provider to others, whose calendars are then read too."""

MAX_CALENDARS = 10
"""The response to a query of more providers depends on all calendars, for simplicity."""


@dataclass(frozen=True, kw_only=True)
class PublicReads:
    """What an operation reads, when its response is the same for every caller.

    variables: the names of its variables.
    defaults: the default values of those that have one.
    calendars: whether it reads any calendar.
    calendar_arguments: the arguments with the ids of the providers whose calendars it reads, each with the keys that
        lead to the ids; None when it may read all calendars.
    """

    variables: frozenset[str]
    defaults: Mapping[str, Any]
    calendars: bool
    calendar_arguments: tuple[tuple[ValueNode, tuple[str, ...]], ...] | None

    def providers(self, variables: Mapping[str, Any]) -> frozenset[int] | None:
        """The primary keys of the providers whose calendars are read; None when it may be all of them."""
        given = {**self.defaults, **variables}
        found: set[int] = set()
        for node, keys in self.calendar_arguments or ():
            value: JsonValue = value_from_ast_untyped(node, given)
            for key in keys:
                value = value.get(key) if isinstance(value, dict) else None
            ids: list[Any] = value if isinstance(value, list) else [value]
            if not ids or not all(isinstance(one, str) for one in ids):
                return None
            try:
                found |= {from_global_id(one, noun="Provider") for one in ids}
            except InvalidInput:
                return None
        return frozenset(found) if 0 < len(found) <= MAX_CALENDARS else None


def find_public_reads(
    schema: GraphQLSchema, tree: DocumentNode, operation: OperationDefinitionNode
) -> PublicReads | None:
    """What the operation reads; None when its response depends on the caller, or on data that is never cached."""
    types: set[str] = set()
    fields: set[tuple[str, str]] = set()
    for type_name, field in selections_of(schema, tree, operation):
        if field is None:
            types.add(unwrapped(type_name))
        elif not is_public_field(type_name, field):
            return None
        else:
            fields.add((type_name, field))
    if not types <= CATALOGUE_TYPES | CALENDAR_TYPES:
        return None
    defaults = {
        one.variable.name.value: value_from_ast_untyped(one.default_value)
        for one in operation.variable_definitions
        if one.default_value
    }
    return PublicReads(
        variables=frozenset(one.variable.name.value for one in operation.variable_definitions),
        defaults=defaults,
        calendars=not types.isdisjoint(CALENDAR_TYPES),
        calendar_arguments=None if OTHER_PROVIDERS in fields else find_calendar_arguments(operation),
    )


def selections_of(
    schema: GraphQLSchema, tree: DocumentNode, operation: OperationDefinitionNode
) -> Iterator[tuple[str, str | None]]:
    """The types of which an operation of a valid document selects, each with None, and all fields that it selects.

    Fragments are included. No validation rule reports an operation whose root type the schema lacks: it yields a type
    without a name.
    """
    fragments = {one.name.value: one for one in tree.definitions if isinstance(one, FragmentDefinitionNode)}
    waiting: list[tuple[Any, Any]] = [(operation.selection_set, schema.get_root_type(operation.operation))]
    while waiting:
        selection_set, type_ = waiting.pop()
        if type_ is None:
            yield "", None
            continue
        yield type_.name, None
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                name = selection.name.value
                if name == "__typename":
                    continue
                yield type_.name, name
                if selection.selection_set and name in type_.fields:
                    field_type: GraphQLType = type_.fields[name].type
                    waiting.append((selection.selection_set, get_named_type(field_type)))
                elif type_ is schema.query_type:
                    yield name, None  # a leaf of Query: no type says where it is read from, so it is not public
            elif isinstance(selection, FragmentSpreadNode):
                fragment = fragments.pop(selection.name.value, None)  # each only once
                if fragment is not None:
                    condition = schema.get_type(fragment.type_condition.name.value)
                    waiting.append((fragment.selection_set, condition))
            else:
                condition = selection.type_condition
                waiting.append((selection.selection_set, schema.get_type(condition.name.value) if condition else type_))


def unwrapped(type_name: str) -> str:
    """The name of the type inside a connection or an edge."""
    for ending in WRAPPERS:
        type_name = type_name.removesuffix(ending)
    return type_name


def is_public_field(type_name: str, field: str) -> bool:
    """Whether the permissions table gives everybody access to this field."""
    try:
        return audience(type_name, field) is EVERYBODY
    except LookupError:
        return False


def find_calendar_arguments(operation: OperationDefinitionNode) -> tuple[tuple[ValueNode, tuple[str, ...]], ...] | None:
    """The arguments that limit whose calendars are read; None when any root field has no such argument."""
    found: list[tuple[ValueNode, tuple[str, ...]]] = []
    for selection in operation.selection_set.selections:
        if not isinstance(selection, FieldNode) or selection.name.value not in CALENDAR_ARGUMENTS:
            return None
        argument, *keys = CALENDAR_ARGUMENTS[selection.name.value]
        values = [one.value for one in selection.arguments if one.name.value == argument]
        if not values:
            return None
        found.append((values[0], tuple(keys)))
    return tuple(found)
