"""Columns: the values of one field for all the objects at one place of an operation, with the set of their types.

The types are Python's. Most columns have one, so what must be known of each value is decided from the set alone.
"""

import asyncio
from collections.abc import Callable, Iterable
from functools import lru_cache
from types import NoneType
from typing import Any

from graphql import Undefined

Column = list[Any]
PythonTypes = set[type]
Row = dict[str, Any]
RowBuilder = Callable[..., list[Row]]
ResponsePath = list[str | int]
"""Where a value is in the response: the keys of objects and the indexes of lists."""

NULLS = frozenset({NoneType, type(Undefined)})
LISTS = frozenset({list, tuple})
FUTURES = frozenset({asyncio.Future, asyncio.Task})


class Failure:
    """Takes the place in a column of a value whose resolver or completion failed."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


NULL_OR_ERROR, AWAITABLE = 1, 2
"""Bit flags of types. NULL_OR_ERROR: null, Failure, or an exception that a resolver has returned."""


class TypeFlags(dict[type, int]):
    """The flags of each type, computed once."""

    def __missing__(self, type_: type[Any]) -> int:
        if type_ in NULLS or type_ is Failure or issubclass(type_, Exception):
            flags = NULL_OR_ERROR
        else:
            flags = AWAITABLE if hasattr(type_, "__await__") else 0
        self[type_] = flags
        return flags


FLAGS = TypeFlags()


def types_of(values: Iterable[Any]) -> PythonTypes:
    return set(map(type, values))


def flags_of(types: PythonTypes) -> int:
    """The union of the flags of these types."""
    flags = 0
    for type_ in types:
        flags |= FLAGS[type_]
    return flags


@lru_cache(maxsize=1024)
def row_builder(keys: tuple[str, ...]) -> RowBuilder:
    """Returns a function of as many columns as there are keys, which returns their rows.

    Its code is generated, because a dict display takes a third of the time of dict(zip(keys, values)). The keys are
    GraphQL names, so they contain only letters, digits and underscores, and are safe to evaluate.
    """
    names = [f"v{index}" for index in range(len(keys))]
    columns = ", ".join(f"c{index}" for index in range(len(keys)))
    items = ", ".join(f"{key!r}: {name}" for key, name in zip(keys, names, strict=True))
    rows = f"zip({columns})" if len(keys) > 1 else columns
    build: RowBuilder = eval(f"lambda {columns}: [{{{items}}} for {', '.join(names)} in {rows}]")
    return build
