"""A UNION of compiled queries: the lists of many parents are read by one statement."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import ExpressionWrapper, IntegerField, QuerySet

from database.compiled_query import CompiledSelect
from database.compiled_statement import Param, SelectStatement
from database.union import BRANCH, branch_of, select_each, union_all

R = TypeVar("R")


class CompiledBranch(CompiledSelect[..., R]):
    """A select that may be a branch of a UNION: its rows carry the number of their branch."""

    def compile(self, params: dict[str, Any]) -> SelectStatement[R]:
        queryset: QuerySet[Any, R] = self.build(**params)
        return SelectStatement(queryset.annotate(**{BRANCH: ExpressionWrapper(Param(BRANCH), IntegerField())}))


def select_union(calls: Sequence[tuple[CompiledBranch[R], dict[str, Any]]]) -> list[list[R]]:
    """Returns the results of each of these selects with its values, by one statement; all of them are of one model.

    No statement is sent when no branch can match a row.
    """
    if not settings.COMPILED_QUERIES:
        return select_each([select.build_plain(values) for select, values in calls])
    results: list[list[R]] = [[] for _ in calls]
    for row in read_compiled(calls):
        results[getattr(row, BRANCH)].append(row)
    return results


def read_compiled(calls: Sequence[tuple[CompiledBranch[R], dict[str, Any]]]) -> list[R]:
    """Returns the rows of all branches, each with its number."""
    branches: list[str] = []
    params: list[Any] = []
    reader: SelectStatement[R] | None = None
    for number, (select, values) in enumerate(calls):
        statement: SelectStatement[R] = select.compiled_for(values)
        if statement.text:
            branches.append(branch_of(statement.text, select="*"))
            params += statement.params_for({**values, BRANCH: number})
            reader = statement  # any of them reads the rows, since they have the same columns
    if reader is None:
        return []
    reader.bound = union_all(branches), params
    return reader.read()
