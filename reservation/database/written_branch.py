"""Statements that are written once, and run for many at once: each is a branch of one statement."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db.models import ExpressionWrapper, IntegerField, QuerySet

from reservation.database.written_once import Place, Statement, WrittenSelect, read

R = TypeVar("R")

BRANCH = "branch"
"""The attribute of a row that numbers who asked for it."""


class WrittenBranch(WrittenSelect[..., R]):
    """A statement whose rows tell who asked for them."""

    def write(self, places: dict[str, Any]) -> tuple[QuerySet[Any, R], Statement]:
        number = ExpressionWrapper(Place(BRANCH), IntegerField())
        queryset = self.say(**places).annotate(**{BRANCH: number})
        return queryset, Statement(queryset.query)


def select_each(asked: Sequence[tuple[WrittenBranch[R], dict[str, Any]]]) -> list[list[R]]:
    """The rows of each of these with its values, all of one model, in one statement; in none when none can have rows.

    Each branch stops at its own LIMIT, by index: that is why it is no window function over all of them. The SELECT
    around a branch is for SQLite, which allows no LIMIT in a compound's members.
    """
    rows: list[list[R]] = [[] for _ in asked]
    branches: list[str] = []
    params: list[Any] = []
    for number, (select, values) in enumerate(asked):
        written = select.written(values)
        if text := written[1].text:
            queryset, statement = written
            branches.append(f"SELECT * FROM ({text}) page")
            params += statement.params_for({**values, BRANCH: number})
    if branches:
        statement.said = " UNION ALL ".join(branches), params
        for row in read(queryset):
            rows[getattr(row, BRANCH)].append(row)
    return rows
