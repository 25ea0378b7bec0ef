"""Statements that are written once: the ORM takes longer to write one than the database takes to answer it.

A function says the statement in the ORM's words, and is called once a connection, with places where values will stand:

    @CompiledSelect
    def slot(pk: int) -> QuerySet[Appointment]:
        return Appointment.objects.filter(pk=pk)

    slot(pk=7)  # a list of instances, as list(Appointment.objects.filter(pk=7)) would be

So the function cannot look at a value: a condition more is another function. A list, for IN, is a list of places. A
value that is None compares with nothing, as in SQL. An integer has at most 64 bits: nobody looks at that either.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Generic, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Expression, Model, QuerySet
from django.db.models.sql import Query, UpdateQuery

from database.row_reader import reader_of

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=Model)

Changes = tuple[QuerySet[Any], dict[str, Any]]
"""Which rows to update, and what to set."""

WRITTEN = "written_once"
"""Where a connection of Django's has its statements. Another thread has another connection, and its own."""


class Place(Expression):
    """Stands in a statement where the value of this name will, or where this item of a list will."""

    def __init__(self, name: str, item: int | None = None) -> None:
        super().__init__()
        self.name = name
        self.item = item

    def resolve_expression(self, *_: Any, **__: Any) -> "Place":
        """Nothing in it has to be resolved, and a list has a thousand of them: Django would copy each."""
        return self

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]

    def fill(self, value: Any) -> Any:
        """What stands here when this is the value. The last item of a list stands in all that is left of its places."""
        return value if self.item is None else value[min(self.item, len(value) - 1)]


def places(name: str, length: int | None) -> Any:
    """The place of a value, or those of a list of this length."""
    return Place(name) if length is None else [Place(name, item) for item in range(length)]


def bucket_size(value: Any) -> int | None:
    """How many places a list has: a power of two, so that there are few statements for lists of all lengths."""
    if not isinstance(value, list | tuple):
        return None
    return 1 << (len(value) - 1).bit_length() if value else 0


def shape_of(values: Mapping[str, Any]) -> tuple[tuple[str, int | None], ...]:
    """What of these values their statement depends on."""
    return tuple((name, bucket_size(value)) for name, value in values.items())


class Statement:
    """A query as it was written for one connection."""

    def __init__(self, query: Query) -> None:
        self.compiler = compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            self.text, self.params = compiler.as_sql()
        except EmptyResultSet:
            self.text, self.params = "", ()
        self.said: tuple[str, list[Any]] = self.text, []
        # Whoever runs the query asks for its compiler, and this for its text: both are there.
        query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        compiler.as_sql = lambda *_, **__: self.said

    def fill(self, values: dict[str, Any]) -> None:
        """Put these values in their places."""
        self.said = self.text, self.params_for(values)

    def params_for(self, values: dict[str, Any]) -> list[Any]:
        """What stands in each place, as the database takes it."""
        given = [param.fill(values[param.name]) if isinstance(param, Place) else param for param in self.params]
        adapt = self.compiler.connection.ops.adapt_datetimefield_value
        return [adapt(value) if isinstance(value, datetime) else value for value in given]


class CompiledQuery(Generic[P, R]):
    """A function that says a statement; called with keyword arguments, it runs it."""

    def __init__(self, say: Callable[..., Any]) -> None:
        self.say = say

    def __call__(self, *_: P.args, **values: P.kwargs) -> R:
        return self.run(self.written(values), values)

    def written(self, values: dict[str, Any]) -> Any:
        """The statement for values like these, which have a place each."""
        kept = vars(connections[DEFAULT_DB_ALIAS]).setdefault(WRITTEN, WeakKeyDictionary()).setdefault(self, {})
        shape = shape_of(values)
        if shape not in kept:
            kept[shape] = self.write({name: places(name, length) for name, length in shape})
        return kept[shape]

    def write(self, places: dict[str, Any]) -> Any:
        raise NotImplementedError

    def run(self, written: Any, values: dict[str, Any]) -> R:
        raise NotImplementedError


class Select(Statement, Generic[R]):
    """That of a queryset, which knows what it makes of its rows."""

    def __init__(self, queryset: QuerySet[Any, R]) -> None:
        super().__init__(queryset.query)
        self.queryset = queryset
        self.reader = reader_of(queryset, self.compiler) if self.text else None

    def read(self) -> list[R]:
        """The rows that it finds, as it is filled."""
        text, params = self.said
        if not text:
            return []
        if self.reader is None:
            rows: Any = self.queryset._iterable_class
            return list(rows(self.queryset))
        with self.compiler.connection.cursor() as cursor:
            cursor.execute(text, params)
            return self.reader(cursor.fetchall())


class CompiledSelect(CompiledQuery[P, list[R]]):
    """Answers the rows, as its queryset gives them. `first` answers one of them, None when there is none."""

    def __init__(self, say: Callable[P, QuerySet[Any, R]]) -> None:
        super().__init__(say)

    def write(self, places: dict[str, Any]) -> Select[R]:
        return Select(self.say(**places))

    def run(self, written: Select[R], values: dict[str, Any]) -> list[R]:
        written.fill(values)
        return written.read()

    def first(self, *arguments: P.args, **values: P.kwargs) -> R | None:
        return next(iter(self(*arguments, **values)), None)


class CompiledUpdate(CompiledQuery[P, int]):
    """Updates the rows, and answers how many there were."""

    def __init__(self, say: Callable[P, Changes]) -> None:
        super().__init__(say)

    def write(self, places: dict[str, Any]) -> Statement:
        rows, changes = self.say(**places)
        query = rows.query.chain(UpdateQuery)
        query.add_update_values(changes)
        return Statement(query)

    def run(self, written: Statement, values: dict[str, Any]) -> int:
        if not written.text:
            return 0
        connection = written.compiler.connection
        with transaction.mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS), connection.cursor() as cursor:
            cursor.execute(written.text, written.params_for(values))
            return cursor.rowcount
