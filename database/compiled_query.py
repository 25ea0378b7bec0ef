"""Compiled queries, also known as prepared ones: the ORM makes the SQL once, and each call only binds values to it.

Compiling a queryset to SQL takes Django longer than the database needs to run it. A decorated function builds the
queryset. It is called once for each connection, with a Param in place of each value, and the SQL is cached:

    @CompiledSelect
    def appointments_of(provider_id: int, since: datetime) -> QuerySet[Appointment]:
        return Appointment.objects.filter(provider=provider_id, starts_at__gte=since)

    appointments_of(provider_id=7, since=now)  # executes cached SQL; returns a list of instances

The function sees Params, so it cannot decide by a value: each optional condition needs a function of its own. Three
rules for the values:

- A list, for IN, becomes a list of Params, whose length is rounded up to a power of two, its bucket size: so a few
  statements serve lists of all lengths.
- None is SQL's NULL: it equals nothing, and `filter(x=None)` finds no row rather than those where x is NULL.
- Integers must fit into 64 bits: Django's check of their range is skipped.

With COMPILED_QUERIES=false the same functions build a queryset of the real values at each call, and the plain ORM runs
it. The results are the same; use it to find out whether an error comes from here.
"""

from collections.abc import Callable, Mapping
from typing import Any, Generic, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import QuerySet, Value
from django.db.models.sql import UpdateQuery

from database.compiled_statement import SelectStatement, Statement, param_for

P = ParamSpec("P")
R = TypeVar("R")

Changes = tuple[QuerySet[Any], dict[str, Any]]
"""The rows to update, and the new values by field name."""

STATEMENT_CACHE = "compiled_statements"
"""The attribute of Django's connection that caches its statements. Each thread has a connection of its own."""


def bucket_size(value: Any) -> int | None:
    """How many Params a list of this length has: the next power of two. None for a value that is not a list."""
    if not isinstance(value, list | tuple):
        return None
    return 1 << (len(value) - 1).bit_length() if value else 0


def shape_of(values: Mapping[str, Any]) -> tuple[tuple[str, int | None], ...]:
    """What the SQL depends on: the names of the values, and the bucket sizes of those that are lists."""
    return tuple((name, bucket_size(value)) for name, value in values.items())


class CompiledQuery(Generic[P, R]):
    """A function that builds a query. Call it with keyword arguments to execute the query with these values."""

    def __init__(self, build: Callable[..., Any]) -> None:
        self.build = build

    def __call__(self, *_: P.args, **values: P.kwargs) -> R:
        if settings.COMPILED_QUERIES:
            return self.run(self.compiled_for(values), values)
        return self.run_plain(self.build_plain(values))

    def compiled_for(self, values: dict[str, Any]) -> Any:
        """The statement for values of this shape, from this connection's cache."""
        connection = vars(connections[DEFAULT_DB_ALIAS])
        cached = connection.setdefault(STATEMENT_CACHE, WeakKeyDictionary()).setdefault(self, {})
        shape = shape_of(values)
        if shape not in cached:
            cached[shape] = self.compile({name: param_for(name, size) for name, size in shape})
        return cached[shape]

    def build_plain(self, values: dict[str, Any]) -> Any:
        """The query of the real values. None is wrapped, since the ORM would turn `filter(x=None)` into IS NULL."""
        return self.build(**{name: Value(None) if value is None else value for name, value in values.items()})

    def compile(self, params: dict[str, Any]) -> Any:
        raise NotImplementedError

    def run(self, statement: Any, values: dict[str, Any]) -> R:
        raise NotImplementedError

    def run_plain(self, built: Any) -> R:
        raise NotImplementedError


class CompiledSelect(CompiledQuery[P, list[R]]):
    """Returns the results of the queryset, in a list. `first` returns the first of them, or None."""

    def __init__(self, build: Callable[P, QuerySet[Any, R]]) -> None:
        super().__init__(build)

    def compile(self, params: dict[str, Any]) -> SelectStatement[R]:
        return SelectStatement(self.build(**params))

    def run(self, statement: SelectStatement[R], values: dict[str, Any]) -> list[R]:
        statement.bind(values)
        return statement.read()

    def run_plain(self, built: QuerySet[Any, R]) -> list[R]:
        return list(built)

    def first(self, *arguments: P.args, **values: P.kwargs) -> R | None:
        return next(iter(self(*arguments, **values)), None)


class CompiledUpdate(CompiledQuery[P, int]):
    """Updates the rows, and returns how many matched."""

    def __init__(self, build: Callable[P, Changes]) -> None:
        super().__init__(build)

    def compile(self, params: dict[str, Any]) -> Statement:
        rows, changes = self.build(**params)
        query = rows.query.chain(UpdateQuery)
        query.add_update_values(changes)
        return Statement(query)

    def run(self, statement: Statement, values: dict[str, Any]) -> int:
        if not statement.text:
            return 0
        connection = statement.compiler.connection
        with transaction.mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS), connection.cursor() as cursor:
            cursor.execute(statement.text, statement.params_for(values))
            return cursor.rowcount

    def run_plain(self, built: Changes) -> int:
        rows, changes = built
        return rows.update(**changes)
