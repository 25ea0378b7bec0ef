"""The cost of an operation, known before it is executed: every object that it can return, times what is read for it.

A page multiplies the cost below its nodes by the number of items that it requests, a list by its size in `LIST_SIZES`,
a change of a calendar by the slots of its interval.
Of the object types of an interface, the most expensive counts. A field that is selected twice counts twice.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from django.conf import settings
from graphql import OperationType, ValueNode, VariableNode

from api.execution import JsonValue
from api.limits.errors import limit_exceeded
from api.limits.input_value import InputValue, Interval, Variables, page_size
from api.types.connections import DEFAULT_PAGE_SIZE

Sums: TypeAlias = tuple[float, int, int, int]
"""Cost, nodes, values and bytes."""

NOTHING: Sums = (0, 0, 0, 0)


class Cost(NamedTuple):
    """What an operation may cost at most.

    requested: the cost itself, in objects read.
    nodes: how many objects with an id it can return.
    values: how many scalars and enums it can return.
    size: how many bytes its response can have, if every text is as long as its column allows.
    """

    requested: int
    nodes: int
    values: int
    size: int


ENVELOPE_BYTES = len('{"data":{}}')

Conditions: TypeAlias = tuple[tuple[InputValue, bool], ...]
"""The arguments of `@skip` and `@include`, each with the value for which the field is left out."""


@dataclass(frozen=True, slots=True)
class PricedField:
    """A selected field.

    name: its name in the schema.
    weight: the cost of one object in it, apart from its selections.
    is_node: whether its objects have an id.
    times: how many objects it has: a number, the size of the page (None), or the length of a list argument.
    most: how many objects it has at most, where `times` is a typical number; otherwise None.
    is_value: whether it is a scalar or an enum.
    key_bytes: how many bytes the field takes in the response, apart from its objects or values.
    value_bytes: how many bytes one of its objects or values can take, apart from its selections.
    sizes: the arguments of a connection that limit its page.
    interval: the interval that its input gives; each slot in it is one object of a list below. None without.
    slot_cost: the additional cost of each slot.
    service_costs: the arguments that may ask for a run of appointments, each with the additional cost when it does.
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
    key_bytes: int
    value_bytes: int
    conditions: Conditions
    below: tuple[tuple["PricedField", ...], ...]
    most: int | None = None
    interval: Interval | None = None
    slot_cost: float = 0
    fixed: Sums | None = None

    @property
    def is_fixed(self) -> bool:
        """Whether its cost depends on neither a variable nor the size of a page."""
        inputs = [*self.sizes, *(one for one, _ in self.service_costs + self.conditions), self.times]
        return (
            self.times is not None
            and self.interval is None
            and not any(isinstance(one, InputValue) and isinstance(one.node, VariableNode) for one in inputs)
            and all(field.fixed is not None for fields in self.below for field in fields)
        )

    def cost(self, variables: Variables, page: int) -> Sums:
        """Its cost, and how many nodes, values and bytes it can return, on a page of this size."""
        if self.fixed is not None:
            return self.fixed
        if any(condition.read(variables) is absent for condition, absent in self.conditions):
            return NOTHING
        times = page if self.times is None else self.times
        if isinstance(times, InputValue):
            items: JsonValue | tuple[ValueNode, ...] = times.read(variables)
            times = len(items) if isinstance(items, list | tuple) else 1
        size = max((page_size(one.read(variables)) for one in self.sizes), default=DEFAULT_PAGE_SIZE)
        if self.interval is not None:
            size = self.interval.slots(variables)
        cost, nodes, values, bytes_below = most_expensive(self.below, variables, size)
        cost += self.weight + sum(extra for one, extra in self.service_costs if one.read(variables) is not None)
        cost += self.slot_cost * size
        most = times if self.most is None else self.most
        return (
            times * cost,
            times * (self.is_node + nodes),
            times * (self.is_value + values),
            self.key_bytes + most * (self.value_bytes + bytes_below),
        )


def total(fields: tuple[PricedField, ...], variables: Variables) -> Cost:
    """The cost of these root fields together."""
    cost, nodes, values, size = most_expensive((fields,), variables, DEFAULT_PAGE_SIZE)
    return Cost(math.ceil(cost), nodes, values, ENVELOPE_BYTES + size)


def most_expensive(alternatives: tuple[tuple[PricedField, ...], ...], variables: Variables, page: int) -> Sums:
    """The maximum of each sum over the alternatives."""
    totals = [
        tuple(map(sum, zip(NOTHING, *(field.cost(variables, page) for field in fields), strict=True)))
        for fields in alternatives
    ]
    cost, nodes, values, size = map(max, zip(NOTHING, *totals, strict=True))
    return cost, nodes, values, size


def check_cost(cost: Cost, kind: OperationType) -> None:
    """Raise RequestError when the cost of an operation of this kind exceeds a limit."""
    most_bytes = size_maximum(kind)
    for limit, requested, maximum, message in (
        ("cost", cost.requested, settings.GRAPHQL_MAX_COST, "The operation costs {}: {} is the most."),
        ("nodes", cost.nodes, settings.GRAPHQL_MAX_NODES, "The operation can return {} nodes: {} is the most."),
        ("values", cost.values, settings.GRAPHQL_MAX_VALUES, "The operation can return {} values: {} is the most."),
        ("bytes", cost.size, most_bytes, "The operation can return {} bytes: {} is the most."),
    ):
        if requested > maximum:
            raise limit_exceeded(limit, maximum, message.format(requested, maximum), cost=describe_cost(cost, kind))


def size_maximum(kind: OperationType) -> int:
    """How many bytes the response to an operation of this kind may be able to have.

    A query may be able to have more than a response may have, since few texts are as long as their columns allow: it
    is stopped when it really does. A mutation is not, since its change has been made by then.
    """
    most: int = settings.GRAPHQL_MAX_BYTES if kind is OperationType.QUERY else settings.RESPONSE_MAX_BYTES
    return most


def describe_cost(cost: Cost, kind: OperationType) -> dict[str, int]:
    """The cost and its limits, as the value of `extensions.cost` in a response."""
    return {
        "requested": cost.requested,
        "limit": settings.GRAPHQL_MAX_COST,
        "nodes": cost.nodes,
        "nodeLimit": settings.GRAPHQL_MAX_NODES,
        "values": cost.values,
        "valueLimit": settings.GRAPHQL_MAX_VALUES,
        "bytes": cost.size,
        "byteLimit": size_maximum(kind),
    }
