"""Pages of the lists of many parents: the services of ten providers are read with one statement."""

from collections import defaultdict
from contextlib import suppress
from functools import partial
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from api.loaders.base import Loader
from api.types.connections import Page, PageRequest

PageKey = tuple[QuerySet[Any], PageRequest]

MAX_BRANCHES = 400  # SQLite compounds at most 500 SELECTs


class PageLoader(Loader[PageKey, Page]):
    """The page of each queryset. The key is the queryset itself, so that nothing is cached."""

    cache = False
    max_batch_size = MAX_BRANCHES

    def read(self, keys: list[PageKey]) -> list[Page]:
        rows = select_each([request.slice(queryset) for queryset, request in keys])
        return [
            request.page(found, partial(CountLoader.of(self.context).load, queryset))
            for (queryset, request), found in zip(keys, rows, strict=True)
        ]


class CountLoader(Loader[QuerySet[Any], int]):
    """The number of rows of each queryset."""

    cache = False
    max_batch_size = MAX_BRANCHES

    def read(self, keys: list[QuerySet[Any]]) -> list[int]:
        sql, params = union_all([queryset.order_by().values("pk") for queryset in keys], select="COUNT(*)")
        if not sql:
            return [0] * len(keys)
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            counts = dict(cursor.fetchall())
        return [counts.get(branch, 0) for branch in range(len(keys))]


def select_each(querysets: list[QuerySet[Any]]) -> list[list[Any]]:
    """The rows of each of these querysets, which may be sliced; one statement a model."""
    rows: list[list[Any]] = [[] for _ in querysets]
    by_model: dict[Any, list[int]] = defaultdict(list)
    for position, queryset in enumerate(querysets):
        by_model[queryset.model].append(position)
    for model, positions in by_model.items():
        sql, params = union_all([querysets[position] for position in positions], select="page.*")
        for row in model._default_manager.raw(sql, params) if sql else ():
            rows[positions[row.branch]].append(row)
    return rows


def union_all(querysets: list[QuerySet[Any]], *, select: str) -> tuple[str, tuple[Any, ...]]:
    """One statement with a branch for each queryset, numbered; empty when none of them can have rows.

    Not a window function over all of them, since each branch stops at its own LIMIT, by index. The SELECT around a
    branch is for SQLite, which allows no LIMIT in a compound's members.
    """
    branches: list[str] = []
    params: tuple[Any, ...] = ()
    for branch, queryset in enumerate(querysets):
        with suppress(EmptyResultSet):
            sql, own = queryset.query.sql_with_params()
            branches.append(f"SELECT {branch} AS branch, {select} FROM ({sql}) page")
            params += own
    return " UNION ALL ".join(branches), params
