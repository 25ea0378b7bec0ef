"""A UNION of compiled queries: many parents' lists are read by one statement."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db.models import ExpressionWrapper, IntegerField, QuerySet, Value

from database.compiled_query import CompiledSelect
from database.compiled_statement import Param, SelectStatement

R = TypeVar("R")

BRANCH = "branch"
"""The column, and the attribute of a row, with the number of the branch that found it."""


class CompiledBranch(CompiledSelect[..., R]):
    """A select that may be a branch of a UNION: its rows carry the number of their branch."""

    def compile(self, params: dict[str, Any]) -> SelectStatement[R]:
        return SelectStatement(numbered(self.build(**params), Param(BRANCH)))


def numbered(queryset: QuerySet[Any, R], number: Any) -> QuerySet[Any, R]:
    return queryset.annotate(**{BRANCH: ExpressionWrapper(number, IntegerField())})


def select_union(calls: Sequence[tuple[CompiledBranch[R], dict[str, Any]]]) -> list[list[R]]:
    """The results of each of these selects with its values, by one statement; all of them are of one model.

    No statement is sent when no branch can match a row.
    """
    results: list[list[R]] = [[] for _ in calls]
    for row in read_compiled(calls) if settings.COMPILED_QUERIES else read_plain(calls):
        results[getattr(row, BRANCH)].append(row)
    return results


def read_compiled(calls: Sequence[tuple[CompiledBranch[R], dict[str, Any]]]) -> list[R]:
    branches: list[str] = []
    params: list[Any] = []
    for number, (select, values) in enumerate(calls):
        statement: SelectStatement[R] = select.compiled_for(values)
        if statement.text:
            branches.append(statement.text)
            params += statement.params_for({**values, BRANCH: number})
            reader = statement
    if not branches:
        return []
    reader.bound = union_all(branches), params
    return reader.read()


def read_plain(calls: Sequence[tuple[CompiledBranch[R], dict[str, Any]]]) -> list[R]:
    branches: list[str] = []
    params: list[Any] = []
    for number, (select, values) in enumerate(calls):
        queryset = numbered(select.build_plain(values), Value(number))
        with suppress(EmptyResultSet):
            text, own = queryset.query.sql_with_params()
            branches.append(text)
            params += own
    return list(queryset.model._default_manager.raw(union_all(branches), params)) if branches else []


def union_all(branches: list[str]) -> str:
    """Each branch keeps its own LIMIT, for which the database reads an index: a window function would read all rows.

    SQLite allows no LIMIT in the members of a UNION, but in a SELECT around one.
    """
    return " UNION ALL ".join(f"SELECT * FROM ({text}) page" for text in branches)
