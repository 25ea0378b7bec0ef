"""Column resolvers: functions that resolve, check or serialise a whole column at once.

Each returns what calling the function for every single value would return. That is done where there is no column
resolver, and where a column resolver raises.
"""

from collections.abc import Callable
from functools import partial
from math import isfinite
from operator import attrgetter
from typing import Any, TypeVar

from graphene.types.resolver import attr_resolver, dict_or_attr_resolver
from graphene.types.schema import is_type_of_from_possible_types
from graphql import (
    GraphQLObjectType,
    TypeNameMetaFieldDef,
    specified_scalar_types,
)
from graphql.type.scalars import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT

from api.execution.columns import Column, PythonTypes

F = TypeVar("F", bound=Callable[..., Any])
ColumnResolver = Callable[..., Column]
"""Takes the sources, their Python types, the `info` argument of resolvers, and the field's arguments."""

Partial: type[Any] = partial
"""The class without type arguments: `isinstance` says nothing about those of an object."""

SerializeColumn = Callable[[Column], Column]


# --- Resolvers -----------------------------------------------------------------------------------------------------


def resolves_column(resolve_column: ColumnResolver) -> Callable[[F], F]:
    """Decorates a resolver with a function that resolves many sources at once, with the same results."""

    def decorate(resolver: F) -> F:
        resolver.resolve_column = resolve_column  # type: ignore[attr-defined]
        return resolver

    return decorate


def column_resolver(resolver: Any, parent_type: GraphQLObjectType) -> ColumnResolver | None:
    """The column resolver that does what this resolver does; None when there is none."""
    if resolver is TypeNameMetaFieldDef.resolve:
        return type_name_column(parent_type.name)
    if isinstance(resolver, Partial) and resolver.func in (attr_resolver, dict_or_attr_resolver):
        return attribute_column(resolver) if len(resolver.args) == 2 else None
    return getattr(resolver, "resolve_column", None)


def type_name_column(name: str) -> ColumnResolver:
    """The column resolver of `__typename`."""

    def resolve_column(sources: Column, types: PythonTypes, info: Any) -> Column:
        return [name] * len(sources)

    return resolve_column


def attribute_column(resolver: "partial[Any]") -> ColumnResolver:
    """The column resolver of an attribute, as graphene's default resolvers read it."""
    get = attrgetter(resolver.args[0])

    def resolve_column(sources: Column, types: PythonTypes, info: Any, **_arguments: Any) -> Column:
        if any(issubclass(type_, dict) for type_ in types):
            return [resolver(source, info) for source in sources]
        return list(map(get, sources))

    return resolve_column


# --- Types ---------------------------------------------------------------------------------------------------------


def decided_by_class(is_type_of: F) -> F:
    """Decorates an `is_type_of` whose result depends on the object's class alone: it is called once per class."""
    is_type_of.is_decided_by_class = True  # type: ignore[attr-defined]
    return is_type_of


def is_decided_by_class(is_type_of: Any) -> bool:
    """Whether this `is_type_of` has the same result for all objects of a class."""
    if isinstance(is_type_of, Partial):
        return is_type_of.func is is_type_of_from_possible_types
    return getattr(is_type_of, "is_decided_by_class", False)


# --- Scalars -------------------------------------------------------------------------------------------------------


def unchanged(values: Column) -> Column:
    return values


def strings(values: Column) -> Column:
    return list(map(str, values))


def finite(values: Column) -> Column:
    if not all(map(isfinite, values)):
        raise ValueError("A float is not finite.")
    return values


def in_32_bits(values: Column) -> Column:
    if min(values) < GRAPHQL_MIN_INT or max(values) > GRAPHQL_MAX_INT:
        raise ValueError("An integer has more than 32 bits.")
    return values


SERIALIZERS: dict[Any, dict[type, SerializeColumn]] = {
    specified_scalar_types["String"].serialize: {str: unchanged},
    specified_scalar_types["ID"].serialize: {str: unchanged, int: strings},
    specified_scalar_types["Boolean"].serialize: {bool: unchanged},
    specified_scalar_types["Float"].serialize: {float: finite},
    specified_scalar_types["Int"].serialize: {int: in_32_bits},
}
"""The column serialisers, by the scalar's `serialize` and the Python type of the values."""


def register_column_serializer(serialize: Callable[..., Any], type_: type, serialize_column: SerializeColumn) -> None:
    """Serialise columns of values of this Python type at once, where `serialize` would be called for each value."""
    SERIALIZERS.setdefault(serialize, {})[type_] = serialize_column


def column_serializers(scalar: Any) -> dict[type, SerializeColumn]:
    """The registered column serialisers of a scalar or enum type, by Python type."""
    try:
        return SERIALIZERS.get(scalar.serialize, {})
    except TypeError:  # its `serialize` is not hashable
        return {}
