"""What may be done for a whole column at once, because it is known what the function does for one value.

Each is as good as calling the function value by value, which is what happens to every other one. An exception here
means that each value is looked at by itself. A resolver of ours may say how it resolves a column.
"""

from collections.abc import Callable
from functools import partial
from math import isfinite
from operator import attrgetter
from typing import Any, TypeVar

from graphene.types.resolver import attr_resolver, dict_or_attr_resolver
from graphene.types.schema import is_type_of_from_possible_types
from graphql import (
    GraphQLBoolean,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLObjectType,
    GraphQLString,
    TypeNameMetaFieldDef,
)
from graphql.type.scalars import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT

from api.execution.columns import Column, PythonTypes

F = TypeVar("F", bound=Callable[..., Any])
ColumnResolver = Callable[..., Column]
"""Of the sources, their kinds, what resolvers are told, and the arguments."""


# --- Resolvers -----------------------------------------------------------------------------------------------------


def resolves_column(resolve_column: ColumnResolver) -> Callable[[F], F]:
    """Say how this resolver would resolve many sources at once."""

    def say(resolver: F) -> F:
        resolver.resolve_column = resolve_column  # type: ignore[attr-defined]
        return resolver

    return say


def column_resolver(resolver: Callable[..., Any], parent_type: GraphQLObjectType) -> ColumnResolver | None:
    """What resolves many sources at once as this resolver does one; None when nobody knows."""
    if resolver is TypeNameMetaFieldDef.resolve:
        return lambda sources, kinds, info: [parent_type.name] * len(sources)
    if isinstance(resolver, partial) and resolver.func in (attr_resolver, dict_or_attr_resolver):
        return attribute_column(resolver) if len(resolver.args) == 2 else None
    return getattr(resolver, "resolve_column", None)


def attribute_column(resolver: "partial[Any]") -> ColumnResolver:
    """An attribute, as graphene's own resolvers read it."""
    get = attrgetter(resolver.args[0])

    def resolve_column(sources: Column, kinds: PythonTypes, info: Any, **_arguments: Any) -> Column:
        if any(issubclass(kind, dict) for kind in kinds):
            return [resolver(source, info) for source in sources]
        return list(map(get, sources))

    return resolve_column


# --- Types ---------------------------------------------------------------------------------------------------------


def decided_by_class(is_type_of: F) -> F:
    """Say that this is_type_of asks for nothing but the class of an object."""
    is_type_of.is_decided_by_class = True  # type: ignore[attr-defined]
    return is_type_of


def is_decided_by_class(is_type_of: Any) -> bool:
    """Whether two objects of one class have the same answer of it."""
    if isinstance(is_type_of, partial):
        return is_type_of.func is is_type_of_from_possible_types
    return getattr(is_type_of, "is_decided_by_class", False)


# --- Scalars -------------------------------------------------------------------------------------------------------


def same(values: Column) -> Column:
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


SERIALIZERS: dict[Any, dict[type, Callable[[Column], Column]]] = {
    GraphQLString.serialize: {str: same},
    GraphQLID.serialize: {str: same, int: strings},
    GraphQLBoolean.serialize: {bool: same},
    GraphQLFloat.serialize: {float: finite},
    GraphQLInt.serialize: {int: in_32_bits},
}
"""By a scalar's `serialize` and the type of the values: what serialises a column. `api.types.scalars` adds more."""


def column_serializers(type_: Any) -> dict[type, Callable[[Column], Column]]:
    try:
        return SERIALIZERS.get(type_.serialize, {})
    except TypeError:  # it cannot be looked up
        return {}
