"""The cost of an operation, known before it is executed: every object that it can return, times what is read for it.

A page multiplies the cost below its nodes by the number of items that it requests, a list by its size in `LIST_SIZES`.
Of the object types of an interface, the most expensive counts. A field that is selected twice counts twice.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from django.conf import settings
from graphql import VariableNode

from api.limits.errors import limit_exceeded
from api.limits.input_value import InputValue, Variables, page_size
from api.types.connections import DEFAULT_PAGE_SIZE

Sums: TypeAlias = tuple[float, int, int]
"""Cost, nodes and values."""

NOTHING: Sums = (0, 0, 0)


class Cost(NamedTuple):
    """What an operation may cost at most.

    requested: the cost itself, in objects read.
    nodes: how many objects with an id it can return.
    values: how many scalars and enums it can return.
    """

    requested: int
    nodes: int
    values: int


Conditions: TypeAlias = tuple[tuple[InputValue, bool], ...]
"""The arguments of `@skip` and `@include`, each with the value for which the field is left out."""


@dataclass(frozen=True, slots=True)
class PricedField:
    """A selected field.

    name: its name in the schema.
    weight: the cost of one object in it, apart from its selections.
    is_node: whether its objects have an id.
    times: how many objects it has: a number, the size of the page (None), or the length of a list argument.
    is_value: whether it is a scalar or an enum.
    sizes: the arguments of a connection that limit its page.
    service_costs: the arguments that may name a service, each with the additional cost when it does.
    conditions: when it is left out.
    below: its selections, for each object type that it can have.
    fixed: its cost when that does not depend on variables; otherwise None.
    """

    name: str
    weight: float
    is_node: bool
    times: int | InputValue | None
    sizes: tuple[InputValue, ...]
    service_costs: tuple[tuple[InputValue, int], ...]
    is_value: bool
    conditions: Conditions
    below: tuple[tuple["PricedField", ...], ...]
    fixed: Sums | None = None

    @property
    def is_fixed(self) -> bool:
        """Whether its cost depends on neither a variable nor the size of a page."""
        inputs = [*self.sizes, *(one for one, _ in self.service_costs + self.conditions), self.times]
        return (
            self.times is not None
            and not any(isinstance(one, InputValue) and isinstance(one.node, VariableNode) for one in inputs)
            and all(field.fixed is not None for fields in self.below for field in fields)
        )

    def cost(self, variables: Variables, page: int) -> Sums:
        """Its cost, and how many nodes and values it can return, on a page of this size."""
        if self.fixed is not None:
            return self.fixed
        if any(condition.read(variables) is absent for condition, absent in self.conditions):
            return NOTHING
        times = page if self.times is None else self.times
        if isinstance(times, InputValue):
            items = times.read(variables)
            times = len(items) if isinstance(items, list | tuple) else 1
        size = max((page_size(one.read(variables)) for one in self.sizes), default=DEFAULT_PAGE_SIZE)
        cost, nodes, values = most_expensive(self.below, variables, size)
        cost += self.weight + sum(extra for one, extra in self.service_costs if one.read(variables) is not None)
        return times * cost, times * (self.is_node + nodes), times * (self.is_value + values)


def total(fields: tuple[PricedField, ...], variables: Variables) -> Cost:
    """The cost of these root fields together."""
    cost, nodes, values = most_expensive((fields,), variables, DEFAULT_PAGE_SIZE)
    return Cost(math.ceil(cost), nodes, values)


def most_expensive(alternatives: tuple[tuple[PricedField, ...], ...], variables: Variables, page: int) -> Sums:
    """The maximum of each sum over the alternatives."""
    totals = [
        tuple(map(sum, zip(NOTHING, *(field.cost(variables, page) for field in fields), strict=True)))
        for fields in alternatives
    ]
    cost, nodes, values = map(max, zip(NOTHING, *totals, strict=True))
    return cost, nodes, values


def check_cost(cost: Cost) -> None:
    """Raise RequestError when the cost exceeds a limit."""
    for limit, requested, maximum, message in (
        ("cost", cost.requested, settings.GRAPHQL_MAX_COST, "The operation costs {}: {} is the most."),
        ("nodes", cost.nodes, settings.GRAPHQL_MAX_NODES, "The operation can return {} nodes: {} is the most."),
        ("values", cost.values, settings.GRAPHQL_MAX_VALUES, "The operation can return {} values: {} is the most."),
    ):
        if requested > maximum:
            raise limit_exceeded(limit, maximum, message.format(requested, maximum), cost=describe_cost(cost))


def describe_cost(cost: Cost) -> dict[str, int]:
    """The cost and its limits, as the value of `extensions.cost` in a response."""
    return {
        "requested": cost.requested,
        "limit": settings.GRAPHQL_MAX_COST,
        "nodes": cost.nodes,
        "nodeLimit": settings.GRAPHQL_MAX_NODES,
        "values": cost.values,
        "valueLimit": settings.GRAPHQL_MAX_VALUES,
    }
