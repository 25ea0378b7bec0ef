"""UNIONs of querysets: the lists of many parents are read by one statement."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

BRANCH = "branch"
"""The column, and the attribute of a row, with the number of the branch that found it."""


def select_each(querysets: Sequence[QuerySet[Any]]) -> list[list[Any]]:
    """Returns the rows of each of these querysets, which may be sliced. One statement per model.

    No statement is sent when no queryset can match a row.
    """
    rows: list[list[Any]] = [[] for _ in querysets]
    by_model: dict[Any, list[int]] = defaultdict(list)
    for position, queryset in enumerate(querysets):
        by_model[queryset.model].append(position)
    for model, positions in by_model.items():
        sql, params = numbered_union([querysets[position] for position in positions], select="page.*")
        for row in model._default_manager.raw(sql, params) if sql else ():
            rows[positions[getattr(row, BRANCH)]].append(row)
    return rows


def count_each(querysets: Sequence[QuerySet[Any]]) -> list[int]:
    """Returns the number of rows of each of these querysets. One statement; none when no queryset can match a row."""
    sql, params = numbered_union([unordered(queryset).values("pk") for queryset in querysets], select="COUNT(*)")
    if not sql:
        return [0] * len(querysets)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        counts = dict(cursor.fetchall())
    return [counts.get(branch, 0) for branch in range(len(querysets))]


def unordered(queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The queryset without its order, unless that decides which rows a slice has."""
    return queryset if queryset.query.is_sliced else queryset.order_by()


def numbered_union(querysets: Sequence[QuerySet[Any]], *, select: str) -> tuple[str, tuple[Any, ...]]:
    """Returns the SQL and parameters of one SELECT with a numbered branch for each queryset that can match a row.

    The SQL is empty when none can.
    """
    branches: list[str] = []
    params: tuple[Any, ...] = ()
    for branch, queryset in enumerate(querysets):
        with suppress(EmptyResultSet):
            sql, own = queryset.query.sql_with_params()
            branches.append(branch_of(sql, select=f"{branch} AS {BRANCH}, {select}"))
            params += own
    return union_all(branches), params


def branch_of(sql: str, *, select: str) -> str:
    """A branch around this SELECT, since SQLite allows no LIMIT in the members of a UNION, but in a SELECT around one.

    Each branch has its own LIMIT, up to which the database reads an index: a window function would read all rows.
    """
    return f"SELECT {select} FROM ({sql}) page"


def union_all(branches: Iterable[str]) -> str:
    return " UNION ALL ".join(branches)
