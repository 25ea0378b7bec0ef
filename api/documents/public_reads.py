"""What a document reads, and whether everybody who sends it is told the same."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    OperationDefinitionNode,
    ValueNode,
    get_named_type,
    value_from_ast_untyped,
)

from api.permissions import EVERYBODY, WRAPPERS, audience
from api.types.ids import from_global_id
from reservation.domain.errors import InvalidInput

CATALOGUE_TYPES = frozenset({"Query", "Provider", "Service", "PageInfo"})
CALENDAR_TYPES = frozenset({"Appointment"})
"""Objects of these types are read from the catalogue, and from calendars. What reads any other type is not kept."""

CALENDARS_OF: Mapping[str, tuple[str, ...]] = {
    "provider": ("id",),
    "openAppointments": ("filter", "providerIds"),
    "nextOpenAppointment": ("providerIds",),
}
"""The fields of Query whose arguments say of whom calendars are read, and where they do."""

TO_OTHERS = ("Service", "providers")
"""The way from one provider to others."""

MAX_CALENDARS = 10
"""More than that are as good as all."""


@dataclass(frozen=True, kw_only=True)
class Reads:
    """What an operation reads that answers everybody alike.

    variables: the names of those that it declares. defaults: the values of those that have one.
    calendars: whether it reads any. named: the arguments that say whose, with the keys below them; None: of all.
    """

    variables: frozenset[str]
    defaults: Mapping[str, Any]
    calendars: bool
    named: tuple[tuple[ValueNode, tuple[str, ...]], ...] | None

    def providers(self, variables: Mapping[str, Any]) -> frozenset[int] | None:
        """The providers whose calendars are read; None: all."""
        given = {**self.defaults, **variables}
        found: set[int] = set()
        for node, keys in self.named or ():
            value = value_from_ast_untyped(node, given)
            for key in keys:
                value = value.get(key) if isinstance(value, dict) else None
            ids = value if isinstance(value, list) else [value]
            if not ids or not all(isinstance(one, str) for one in ids):
                return None
            try:
                found |= {from_global_id(one, noun="Provider") for one in ids}
            except InvalidInput:
                return None
        return frozenset(found) if 0 < len(found) <= MAX_CALENDARS else None


def what_everybody_reads(schema: GraphQLSchema, tree: DocumentNode, operation: OperationDefinitionNode) -> Reads | None:
    """What the operation reads; None when anything in it depends on who asks, or is read from elsewhere."""
    types, ways = set(), set()
    for type_name, field in fields_of(schema, tree, operation):
        if field is None:
            types.add(unwrapped(type_name))
        elif not is_public(type_name, field):
            return None
        else:
            ways.add((type_name, field))
    if not types <= CATALOGUE_TYPES | CALENDAR_TYPES:
        return None
    defaults = {
        one.variable.name.value: value_from_ast_untyped(one.default_value)
        for one in operation.variable_definitions
        if one.default_value
    }
    return Reads(
        variables=frozenset(one.variable.name.value for one in operation.variable_definitions),
        defaults=defaults,
        calendars=not types.isdisjoint(CALENDAR_TYPES),
        named=None if TO_OTHERS in ways else named_calendars(operation),
    )


def fields_of(
    schema: GraphQLSchema, tree: DocumentNode, operation: OperationDefinitionNode
) -> Iterator[tuple[str, str | None]]:
    """The types that an operation of a valid document selects of, each with None, and all that it selects, by fragments
    too.

    An operation of a kind that the schema has not, which no rule of validation minds, selects of a type without a name.
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
                    waiting.append((selection.selection_set, get_named_type(type_.fields[name].type)))
                elif type_ is schema.query_type:
                    yield name, None  # a value of no type tells nobody where it is read from
            elif isinstance(selection, FragmentSpreadNode):
                fragment = fragments.pop(selection.name.value, None)  # one that is spread again selects the same again
                if fragment is not None:
                    condition = schema.get_type(fragment.type_condition.name.value)
                    waiting.append((fragment.selection_set, condition))
            else:
                condition = selection.type_condition
                waiting.append((selection.selection_set, schema.get_type(condition.name.value) if condition else type_))


def unwrapped(type_name: str) -> str:
    """The type of what is in a connection or an edge."""
    for ending in WRAPPERS:
        type_name = type_name.removesuffix(ending)
    return type_name


def is_public(type_name: str, field: str) -> bool:
    """Whether the table of permissions lets everybody know of this field."""
    try:
        return audience(type_name, field) is EVERYBODY
    except LookupError:
        return False


def named_calendars(operation: OperationDefinitionNode) -> tuple[tuple[ValueNode, tuple[str, ...]], ...] | None:
    """The arguments that say whose calendars are read; None when anything says nothing of it."""
    named = []
    for selection in operation.selection_set.selections:
        if not isinstance(selection, FieldNode) or selection.name.value not in CALENDARS_OF:
            return None
        argument, *keys = CALENDARS_OF[selection.name.value]
        values = [one.value for one in selection.arguments if one.name.value == argument]
        if not values:
            return None
        named.append((values[0], tuple(keys)))
    return tuple(named)
