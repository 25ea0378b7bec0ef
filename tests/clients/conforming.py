"""Whether an answer's data is what the schema says of the document: every selected field, no other, of its type."""

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
    """Where the data of a document's one operation is not as it should be. No variables, no directives."""
    [operation] = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    root = schema.get_root_type(operation.operation)
    return list(Reading(schema, document).of(root, [operation], data, "data"))


class Reading:
    """One answer, read beside its document."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.schema = schema
        self.fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }

    def of(self, kind: Any, nodes: Sequence[Any], value: Any, path: str) -> Iterator[str]:
        """The flaws of a value that is of this kind; the nodes' selections apply to it."""
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
                yield from self.of(kind.of_type, nodes, item, f"{path}.{place}")
        elif is_composite_type(kind):
            yield from self.of_object(kind, nodes, value, path)
        elif not is_leaf(kind, value):
            yield f"{path} is no {kind}: {value!r}"

    def of_object(self, kind: Any, nodes: Sequence[Any], value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{path} is no object"
            return
        kinds = self.schema.get_possible_types(kind) if is_abstract_type(kind) else [kind]
        # The value need not tell which type it has: it is to be right for one of them.
        likely = [one for one in kinds if self.selected(one, nodes).keys() == value.keys()] or kinds
        yield from min((list(self.of_fields(one, nodes, value, path)) for one in likely), key=len)

    def of_fields(self, kind: Any, nodes: Sequence[Any], value: dict[str, Any], path: str) -> Iterator[str]:
        selected = self.selected(kind, nodes)
        if value.keys() != selected.keys():
            yield f"{path} has {sorted(value)} where {sorted(selected)} were selected"
            return
        for key, same in selected.items():
            name = same[0].name.value
            if name != "__typename":
                yield from self.of(kind.fields[name].type, same, value[key], f"{path}.{key}")
            elif value[key] != kind.name:
                yield f"{path}.{key} is no {kind}"

    def selected(self, kind: Any, nodes: Sequence[Any]) -> dict[str, list[FieldNode]]:
        """What the nodes select on an object of this type, by the name that it has in the answer."""
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
