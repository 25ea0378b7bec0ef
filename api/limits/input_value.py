"""Values in a document, read for the cost before they are coerced: wrong ones are refused later, by the executor."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from graphql import (
    BooleanValueNode,
    GraphQLError,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

from api.execution import JsonValue
from api.types.connections import DEFAULT_PAGE_SIZE
from api.types.scalars import DateTime

Variables = Mapping[str, Any]

MAX_INT = 2**31
MAX_DIGITS = 10
A_DAY = timedelta(days=1)
"""More than clocks are ever set back within an interval."""


@dataclass(frozen=True, slots=True)
class InputValue:
    """A value in the document that may come from a variable. key: the key under which it is in an object, if any."""

    node: ValueNode | None
    default: Any = None
    key: str | None = None

    def read(self, variables: Variables) -> Any:
        value: JsonValue | tuple[ValueNode, ...]
        if isinstance(self.node, VariableNode):
            value = variables.get(self.node.name.value, self.default)
        else:
            value = literal(self.node)
        if self.key is None:
            return value
        found = value.get(self.key) if isinstance(value, dict) else None
        return None if isinstance(found, NullValueNode) else found


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval of a calendar that is given. defaults: the default values of the operation's variables."""

    starts_at: InputValue
    ends_at: InputValue
    defaults: Variables

    def slots(self, variables: Variables) -> int:
        """How many slots it has; 1 when it is none, or longer than the policy allows: then it is refused, later."""
        given = {**self.defaults, **variables}
        try:
            starts_at, ends_at = (
                DateTime.parse_value(resolved(one.read(variables), given)) for one in (self.starts_at, self.ends_at)
            )
        except GraphQLError:
            return 1
        policy = settings.RESERVATION_POLICY
        slots = math.ceil((ends_at - starts_at) / policy.appointment_length)
        return slots if 0 < slots <= (policy.max_interval + A_DAY) / policy.appointment_length else 1


def resolved(value: Any, variables: Variables) -> Any:
    """The value of a text or a variable within an object in the document; any other value as it is."""
    if isinstance(value, VariableNode):
        return variables.get(value.name.value)
    return value.value if isinstance(value, StringValueNode) else value


def literal(node: ValueNode | None) -> Any:
    """The value of a literal; None for enums and fractions, which no cost depends on."""
    if isinstance(node, IntValueNode):
        return int(node.value) if len(node.value) <= MAX_DIGITS else MAX_INT
    if isinstance(node, ListValueNode):
        return node.values
    if isinstance(node, ObjectValueNode):
        return {field.name.value: field.value for field in node.fields}
    return node.value if isinstance(node, BooleanValueNode | StringValueNode) else None


def page_size(value: Any) -> int:
    """How many items `first` or `last` requests; the default when it is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return DEFAULT_PAGE_SIZE
    return min(max(int(value), 0), MAX_INT)
