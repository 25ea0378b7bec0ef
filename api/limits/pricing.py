"""The cost of a valid operation as a function of its variables: built once per document, called for each request.

The selections of a fragment count for the types that it applies to.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLType,
    GraphQLUnionType,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_introspection_type,
)
from graphql.type import SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef

from api.execution import PUNCTUATION
from api.limits.cost import Conditions, Cost, PricedField, total
from api.limits.input_value import InputValue, Interval, Variables, literal
from api.limits.sizes import max_bytes
from api.limits.weights import (
    LIST_SIZES,
    SERVICE_SEARCH_COSTS,
    SERVICE_SEARCH_FIELDS,
    SLOT_COSTS,
    is_connection,
    is_list,
    is_node,
    list_maximum,
    weight_of,
)
from api.types.connections import DEFAULT_PAGE_SIZE

META_FIELDS: Mapping[str, Any] = {
    "__schema": SchemaMetaFieldDef,
    "__type": TypeMetaFieldDef,
    "__typename": TypeNameMetaFieldDef,
}
AbstractType = GraphQLInterfaceType | GraphQLUnionType
BRACKETS, COMMA = 2, 1
"""Bytes around an object or a list, and after each item of a list."""


class OperationCost:
    """Returns the cost of an operation for given variables."""

    def __init__(
        self, schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.defaults = {one.variable.name.value: literal(one.default_value) for one in operation.variable_definitions}
        root = schema.get_root_type(operation.operation)
        assert root is not None
        self.fields = self.select(operation.selection_set, root)

    def __call__(self, variables: Variables) -> Cost:
        return total(self.fields, variables)

    def select(
        self,
        selection_set: SelectionSetNode,
        parent: GraphQLObjectType,
        conditions: Conditions = (),
    ) -> tuple[PricedField, ...]:
        """The fields that are selected of this type, including those of fragments."""
        fields: list[PricedField] = []
        for selection in selection_set.selections:
            inherited = conditions + self.conditions(selection)
            if isinstance(selection, FieldNode):
                fields.append(self.price(selection, parent, inherited))
                continue
            fragment: Any = selection
            if isinstance(selection, FragmentSpreadNode):
                fragment = self.fragments[selection.name.value]
            if self.applies(fragment.type_condition, parent):
                fields.extend(self.select(fragment.selection_set, parent, inherited))
        return tuple(fields)

    def applies(self, condition: Any, parent: GraphQLObjectType) -> bool:
        if condition is None or condition.name.value == parent.name:
            return True
        required = self.schema.get_type(condition.name.value)
        return isinstance(required, AbstractType) and self.schema.is_sub_type(required, parent)

    def price(self, node: FieldNode, parent: GraphQLObjectType, conditions: Conditions) -> PricedField:
        field = META_FIELDS.get(node.name.value) or parent.fields[node.name.value]
        field_type: GraphQLType = field.type
        is_listed = is_list(field_type)
        type_ = get_named_type(field_type)
        coordinate = f"{parent.name}.{node.name.value}"
        arguments = {one.name.value: self.input_value(one.value) for one in node.arguments}
        times = LIST_SIZES.get(coordinate, 1)
        below: tuple[tuple[PricedField, ...], ...] = ()
        if node.selection_set and isinstance(type_, GraphQLObjectType):
            below = (self.select(node.selection_set, type_),)
        elif node.selection_set and isinstance(type_, AbstractType):
            possible = self.schema.get_possible_types(type_)
            below = tuple(self.select(node.selection_set, one) for one in possible)
        is_items = is_connection(parent) and node.name.value in ("nodes", "edges")
        priced = PricedField(
            name=node.name.value,
            weight=weight_of(coordinate, type_),
            is_node=is_node(type_),
            interval=self.interval(arguments) if coordinate in SLOT_COSTS else None,
            slot_cost=SLOT_COSTS.get(coordinate, 0),
            times=None if is_items else arguments.get(times, InputValue(None)) if isinstance(times, str) else times,
            service_costs=self.service_costs(coordinate, arguments, below),
            is_value=not node.selection_set and not is_introspection_type(parent),
            sizes=tuple(arguments[name] for name in ("first", "last") if name in arguments),
            key_bytes=len((node.alias or node.name).value) + PUNCTUATION + BRACKETS * is_listed,
            value_bytes=COMMA * is_listed + (BRACKETS if node.selection_set else max_bytes(coordinate, parent, type_)),
            most=list_maximum(coordinate),
            conditions=conditions,
            below=below,
        )
        return replace(priced, fixed=priced.cost({}, DEFAULT_PAGE_SIZE)) if priced.is_fixed else priced

    def service_costs(
        self, coordinate: str, arguments: Mapping[str, InputValue], below: tuple[tuple[PricedField, ...], ...]
    ) -> tuple[tuple[InputValue, int], ...]:
        """The arguments that may ask for a run, with the additional cost: `totalCount` needs a second search."""
        counts = sum(field.name == "totalCount" for fields in below for field in fields)
        extra = SERVICE_SEARCH_COSTS.get(coordinate, 0) * (1 + counts)
        named = [arguments["serviceId"]] if "serviceId" in arguments else []
        if "filter" in arguments:
            node, default = arguments["filter"].node, arguments["filter"].default
            named += [InputValue(node, default, name) for name in SERVICE_SEARCH_FIELDS]
        return tuple((one, extra) for one in named if extra)

    def interval(self, arguments: Mapping[str, InputValue]) -> Interval:
        """The interval in the input of a change of a calendar."""
        given = arguments["input"]
        starts_at, ends_at = (InputValue(given.node, given.default, key) for key in ("startsAt", "endsAt"))
        return Interval(starts_at, ends_at, self.defaults)

    def input_value(self, node: ValueNode) -> InputValue:
        return InputValue(node, self.defaults.get(node.name.value) if isinstance(node, VariableNode) else None)

    def conditions(self, selection: Any) -> Conditions:
        return tuple(
            (self.input_value(directive.arguments[0].value), directive.name.value == "skip")
            for directive in selection.directives
            if directive.name.value in ("skip", "include") and directive.arguments
        )
