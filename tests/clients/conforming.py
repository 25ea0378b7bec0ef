"""Checks that the data of a response conforms to the schema: every selected field, no other, each of its type."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    is_abstract_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
)

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
SCALARS = {
    "Boolean": lambda value: isinstance(value, bool),
    "DateTime": lambda value: isinstance(value, str) and INSTANT.fullmatch(value) is not None,
    "Int": lambda value: type(value) is int and -(2**31) <= value < 2**31,
}


def flaws(schema: GraphQLSchema, document: DocumentNode, data: Any) -> list[str]:
    """Returns where the data of a document's only operation does not conform. Without variables and directives."""
    [operation] = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    root = schema.get_root_type(operation.operation)
    return list(Checker(schema, document).check(root, [operation], data, "data"))


class Checker:
    """Compares the data of a response with its document."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.schema = schema
        self.fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }

    def check(self, kind: Any, nodes: Sequence[Any], value: Any, path: str) -> Iterator[str]:
        """Yields the flaws of a value of this type, to which the selections of the nodes apply."""
        if is_non_null_type(kind):
            kind = kind.of_type
            if value is None:
                yield f"{path} is null"
        if value is None:
            return
        if is_list_type(kind):
            if not isinstance(value, list):
                yield f"{path} is no list"
                return
            for place, item in enumerate(value):
                yield from self.check(kind.of_type, nodes, item, f"{path}.{place}")
        elif is_composite_type(kind):
            yield from self.check_object(kind, nodes, value, path)
        elif not is_leaf(kind, value):
            yield f"{path} is no {kind}: {value!r}"

    def check_object(self, kind: Any, nodes: Sequence[Any], value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{path} is no object"
            return
        kinds = self.schema.get_possible_types(kind) if is_abstract_type(kind) else [kind]
        # The value may not show its type: it must conform to one of them.
        likely = [one for one in kinds if self.selected(one, nodes).keys() == value.keys()] or kinds
        yield from min((list(self.check_fields(one, nodes, value, path)) for one in likely), key=len)

    def check_fields(self, kind: Any, nodes: Sequence[Any], value: dict[str, Any], path: str) -> Iterator[str]:
        selected = self.selected(kind, nodes)
        if value.keys() != selected.keys():
            yield f"{path} has {sorted(value)} where {sorted(selected)} were selected"
            return
        for key, same in selected.items():
            name = same[0].name.value
            if name != "__typename":
                yield from self.check(kind.fields[name].type, same, value[key], f"{path}.{key}")
            elif value[key] != kind.name:
                yield f"{path}.{key} is no {kind}"

    def selected(self, kind: Any, nodes: Sequence[Any]) -> dict[str, list[FieldNode]]:
        """The fields that the nodes select on an object of this type, by response key."""
        found: dict[str, list[FieldNode]] = {}
        for one in (one for node in nodes for one in node.selection_set.selections):
            if isinstance(one, FieldNode):
                more = {(one.alias or one.name).value: [one]}
            else:
                fragment = self.fragments[one.name.value] if isinstance(one, FragmentSpreadNode) else one
                condition = fragment.type_condition
                wanted: Any = self.schema.type_map[condition.name.value] if condition else kind
                applies = wanted is kind or (is_abstract_type(wanted) and self.schema.is_sub_type(wanted, kind))
                more = self.selected(kind, [fragment]) if applies else {}
            for key, same in more.items():
                found.setdefault(key, []).extend(same)
        return found


def is_leaf(kind: GraphQLScalarType | GraphQLEnumType, value: Any) -> bool:
    if isinstance(kind, GraphQLEnumType):
        return isinstance(value, str) and value in kind.values
    return SCALARS.get(str(kind), lambda value: isinstance(value, str))(value)
