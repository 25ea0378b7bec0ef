"""A statement that the ORM has compiled once, with Params in its parameters that are replaced by values at each run."""

from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Expression, QuerySet
from django.db.models.sql import Query

from database.row_reader import build_row_reader

R = TypeVar("R")


class Param(Expression):
    """The parameter of a compiled statement: a placeholder for the value of this name, or for one item of a list."""

    def __init__(self, name: str, item: int | None = None) -> None:
        super().__init__()
        self.name = name
        self.item = item

    def resolve_expression(self, *_: Any, **__: Any) -> "Param":
        """Returns the same object: there is nothing to resolve, and Django would copy each of a list's 1,000 Params."""
        return self

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]

    def value_in(self, value: Any) -> Any:
        """What is sent to the database. Where a list is shorter than its bucket its last item fills the rest."""
        return value if self.item is None else value[min(self.item, len(value) - 1)]


def param_for(name: str, size: int | None) -> Any:
    """The Param of a value, or the list of Params of a list with this bucket size."""
    return Param(name) if size is None else [Param(name, item) for item in range(size)]


class Statement:
    """The SQL text and the parameters of a query, compiled for one connection.

    text: empty when the ORM knows that no row can match.
    """

    def __init__(self, query: Query) -> None:
        self.compiler = compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            self.text, self.params = compiler.as_sql()
        except EmptyResultSet:
            self.text, self.params = "", ()
        self.bound: tuple[str, list[Any]] = self.text, []
        # When Django executes this query itself, it must use the compiled SQL and the bound values too.
        query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        compiler.as_sql = lambda *_, **__: self.bound

    def bind(self, values: dict[str, Any]) -> None:
        """Use these values for the next run."""
        self.bound = self.text, self.params_for(values)

    def params_for(self, values: dict[str, Any]) -> list[Any]:
        """The parameters, with values in place of Params, as the database's driver takes them."""
        params = [param.value_in(values[param.name]) if isinstance(param, Param) else param for param in self.params]
        adapt = self.compiler.connection.ops.adapt_datetimefield_value
        return [adapt(value) if isinstance(value, datetime) else value for value in params]


class SelectStatement(Statement, Generic[R]):
    """The statement of a queryset, with the row reader that turns its rows into the queryset's results."""

    def __init__(self, queryset: QuerySet[Any, R]) -> None:
        super().__init__(queryset.query)
        self.queryset = queryset
        self.read_rows = build_row_reader(queryset, self.compiler) if self.text else None

    def read(self) -> list[R]:
        """Executes the bound statement. Returns what the queryset would."""
        text, params = self.bound
        if not text:
            return []
        if self.read_rows is None:
            iterable: Any = self.queryset._iterable_class
            return list(iterable(self.queryset))
        with self.compiler.connection.cursor() as cursor:
            cursor.execute(text, params)
            return self.read_rows(cursor.fetchall())
