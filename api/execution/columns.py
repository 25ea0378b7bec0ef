"""Columns: the values of one field for all the objects at one place of an operation, and what kinds of them there are.

A kind is a Python type. Most columns have one, so what must be known of each value is asked of the kinds alone.
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

NULLS = frozenset({NoneType, type(Undefined)})
LISTS = frozenset({list, tuple})
FUTURES = frozenset({asyncio.Future, asyncio.Task})


class Failure:
    """Stands in a column where a value could not be had."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


HOLE, AWAITABLE = 1, 2
"""Marks of kinds. HOLE: nulls, failures, and exceptions that a resolver has answered. AWAITABLE: to be waited for."""


class Marks(dict[type, int]):
    """The mark of each kind, found once."""

    def __missing__(self, kind: type) -> int:
        if kind in NULLS or kind is Failure or issubclass(kind, Exception):
            mark = HOLE
        else:
            mark = AWAITABLE if hasattr(kind, "__await__") else 0
        self[kind] = mark
        return mark


MARKS = Marks()


def kinds_of(values: Iterable[Any]) -> PythonTypes:
    return set(map(type, values))


def marks_of(kinds: PythonTypes) -> int:
    """The marks of all these kinds together."""
    marks = 0
    for kind in kinds:
        marks |= MARKS[kind]
    return marks


@lru_cache(maxsize=1024)
def row_builder(keys: tuple[str, ...]) -> RowBuilder:
    """A function of as many columns as there are keys, which answers their rows.

    It is made as code: a display of a dict takes a third of the time of dict(zip(keys, values)). The keys are names of
    GraphQL, so there is nothing in them but letters, digits and underscores.
    """
    names = [f"v{place}" for place in range(len(keys))]
    columns = ", ".join(f"c{place}" for place in range(len(keys)))
    items = ", ".join(f"{key!r}: {name}" for key, name in zip(keys, names, strict=True))
    rows = f"zip({columns})" if len(keys) > 1 else columns
    build: RowBuilder = eval(f"lambda {columns}: [{{{items}}} for {', '.join(names)} in {rows}]")
    return build
