"""What an operation costs, before it runs: every object that it can return, times what is read for it.

A page multiplies what is below its nodes by the number of items that it asks for, a list by the size in `LIST_SIZES`.
Of the types that an interface can be, the dearest counts. A field that is selected twice counts twice.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from django.conf import settings
from graphql import (
    BooleanValueNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

from api.limits.exceeded import exceeded
from api.types.connections import DEFAULT_PAGE_SIZE

Variables = Mapping[str, Any]

MAX_INT = 2**31
MAX_DIGITS = 10

Sums: TypeAlias = tuple[float, int, int]
NOTHING: Sums = (0, 0, 0)


class Cost(NamedTuple):
    """requested: what the operation costs, in objects read. nodes: how many objects with an id it can return.
    values: how many scalars and enums it can return.
    """

    requested: int
    nodes: int
    values: int


@dataclass(frozen=True, slots=True)
class Given:
    """A value in the document that may come from a variable; with a key, what the object has under it."""

    node: ValueNode | None
    default: Any = None
    key: str | None = None

    def read(self, variables: Variables) -> Any:
        if isinstance(self.node, VariableNode):
            value = variables.get(self.node.name.value, self.default)
        else:
            value = literal(self.node)
        if self.key is None:
            return value
        found = value.get(self.key) if isinstance(value, dict) else None
        return None if isinstance(found, NullValueNode) else found


Conditions: TypeAlias = tuple[tuple[Given, bool], ...]
"""The values of `skip` and `include`, each with the one that leaves the field out."""


@dataclass(frozen=True, slots=True)
class Item:
    """A selected field.

    field: its name in the schema.
    weight: what one of it costs.
    times: how many of it its parent has: a number, the page of a connection (None), or as many as a list is given.
    sizes: of a connection, the arguments that say how large its page is.
    services: the arguments that may name a service, and what it costs more when one does.
    conditions: when it is left out.
    below: what is selected of it, for each type that it can be.
    fixed: what it costs whatever the variables are, if that is known.
    """

    field: str
    weight: float
    is_node: bool
    times: int | Given | None
    sizes: tuple[Given, ...]
    services: tuple[tuple[Given, int], ...]
    is_value: bool
    conditions: Conditions
    below: tuple[tuple["Item", ...], ...]
    fixed: Sums | None = None

    @property
    def is_fixed(self) -> bool:
        """Whether neither a variable nor the size of a page says what it costs."""
        given = [*self.sizes, *(one for one, _ in self.services + self.conditions), self.times]
        return (
            self.times is not None
            and not any(isinstance(one, Given) and isinstance(one.node, VariableNode) for one in given)
            and all(item.fixed is not None for items in self.below for item in items)
        )

    def cost(self, variables: Variables, page: int) -> Sums:
        """What it costs, and how many nodes and values it can return, on a page of this size."""
        if self.fixed is not None:
            return self.fixed
        if any(given.read(variables) is absent for given, absent in self.conditions):
            return NOTHING
        times = page if self.times is None else self.times
        if isinstance(times, Given):
            values = times.read(variables)
            times = len(values) if isinstance(values, list | tuple) else 1
        size = max((page_size(given.read(variables)) for given in self.sizes), default=DEFAULT_PAGE_SIZE)
        cost, nodes, values = dearest(self.below, variables, size)
        cost += self.weight + sum(extra for given, extra in self.services if given.read(variables) is not None)
        return times * cost, times * (self.is_node + nodes), times * (self.is_value + values)


def literal(node: ValueNode | None) -> Any:
    """What a literal stands for; enums and fractions are of no matter here."""
    if isinstance(node, IntValueNode):
        return int(node.value) if len(node.value) <= MAX_DIGITS else MAX_INT
    if isinstance(node, ListValueNode):
        return node.values
    if isinstance(node, ObjectValueNode):
        return {field.name.value: field.value for field in node.fields}
    return node.value if isinstance(node, BooleanValueNode | StringValueNode) else None


def page_size(value: Any) -> int:
    """How many items such an argument asks for; what is no number is refused later."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return DEFAULT_PAGE_SIZE
    return min(max(int(value), 0), MAX_INT)


def total(items: tuple[Item, ...], variables: Variables) -> Cost:
    """What these root fields cost together."""
    cost, nodes, values = dearest((items,), variables, DEFAULT_PAGE_SIZE)
    return Cost(math.ceil(cost), nodes, values)


def dearest(alternatives: tuple[tuple[Item, ...], ...], variables: Variables, page: int) -> Sums:
    """Of each number the largest that any of the alternatives comes to."""
    totals = [
        tuple(map(sum, zip(NOTHING, *(item.cost(variables, page) for item in items), strict=True)))
        for items in alternatives
    ]
    cost, nodes, values = map(max, zip(NOTHING, *totals, strict=True))
    return cost, nodes, values


def check_cost(cost: Cost) -> None:
    """Raise RequestError when the operation asks for too much."""
    for limit, requested, most, message in (
        ("cost", cost.requested, settings.GRAPHQL_MAX_COST, "The operation costs {}: {} is the most."),
        ("nodes", cost.nodes, settings.GRAPHQL_MAX_NODES, "The operation can return {} nodes: {} is the most."),
        ("values", cost.values, settings.GRAPHQL_MAX_VALUES, "The operation can return {} values: {} is the most."),
    ):
        if requested > most:
            raise exceeded(limit, most, message.format(requested, most), cost=describe(cost))


def describe(cost: Cost) -> dict[str, int]:
    """What a client is told of the cost, and of what it may be at most."""
    return {
        "requested": cost.requested,
        "limit": settings.GRAPHQL_MAX_COST,
        "nodes": cost.nodes,
        "nodeLimit": settings.GRAPHQL_MAX_NODES,
        "values": cost.values,
        "valueLimit": settings.GRAPHQL_MAX_VALUES,
    }
