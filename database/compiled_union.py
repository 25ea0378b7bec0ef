"""Statements that are written once, and run for many at once: each is a branch of one statement."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db.models import ExpressionWrapper, IntegerField

from database.compiled_query import CompiledSelect, Place, Select

R = TypeVar("R")

BRANCH = "branch"
"""The attribute of a row that numbers who asked for it."""


class CompiledBranch(CompiledSelect[..., R]):
    """A statement whose rows tell who asked for them."""

    def write(self, places: dict[str, Any]) -> Select[R]:
        number = ExpressionWrapper(Place(BRANCH), IntegerField())
        return Select(self.say(**places).annotate(**{BRANCH: number}))


def select_each(asked: Sequence[tuple[CompiledBranch[R], dict[str, Any]]]) -> list[list[R]]:
    """The rows of each of these with its values, all of one model, in one statement; in none when none can have rows.

    Each branch stops at its own LIMIT, by index: that is why it is no window function over all of them. The SELECT
    around a branch is for SQLite, which allows no LIMIT in a compound's members.
    """
    rows: list[list[R]] = [[] for _ in asked]
    branches: list[str] = []
    params: list[Any] = []
    for number, (select, values) in enumerate(asked):
        statement: Select[R] = select.written(values)
        if statement.text:
            branches.append(f"SELECT * FROM ({statement.text}) page")
            params += statement.params_for({**values, BRANCH: number})
            reading = statement
    if branches:
        reading.said = " UNION ALL ".join(branches), params
        for row in reading.read():
            rows[getattr(row, BRANCH)].append(row)
    return rows
