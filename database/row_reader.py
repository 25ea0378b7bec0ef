"""What the rows of a statement become, decided once a statement: column by column where Django goes value by value."""

from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from functools import partial
from typing import Any

from django.db.models.query import ModelIterable, ValuesListIterable

from database.fast_hydration import FastHydration

Rows = Iterable[tuple[Any, ...]]
Column = Iterable[Any]
Convert = Callable[[Column], Column]
Converters = list[tuple[int, Convert]]
"""By the number of their column."""


def reader_of(queryset: Any, compiler: Any) -> Callable[[Rows], list[Any]] | None:
    """What makes of rows what this queryset gives, once its statement is written; None when only Django knows that."""
    converters: Converters = [
        (number, column_converter(convert, expression, compiler.connection))
        for number, (converts, expression) in compiler.get_converters([column[0] for column in compiler.select]).items()
        for convert in converts
    ]
    rows, query, select = queryset._iterable_class, queryset.query, compiler.select
    if queryset._known_related_objects or compiler.has_extra_select:
        return None
    if rows is ValuesListIterable and query.values_select == tuple(queryset._fields):
        return partial(read_values, converters)
    if rows is not ModelIterable or (compiler.annotation_col_map and not issubclass(queryset.model, FastHydration)):
        return None
    places = compiler.klass_info["select_fields"]
    names = [select[place][0].target.attname for place in places] + list(compiler.annotation_col_map)
    if [*places, *compiler.annotation_col_map.values()] != list(range(len(select))):
        return None
    return partial(read_instances, converters, partial(queryset.model.from_db, queryset.db, names))


def read_values(converters: Converters, rows: Rows) -> list[Any]:
    return list(converted(converters, rows))


def read_instances(converters: Converters, from_db: Callable[[Any], Any], rows: Rows) -> list[Any]:
    return list(map(from_db, converted(converters, rows)))


def converted(converters: Converters, rows: Rows) -> Rows:
    """The rows, with each column as Python has it."""
    columns: list[Column] = list(zip(*rows, strict=True))
    if not columns:
        return ()
    for number, convert in converters:
        columns[number] = convert(columns[number])
    return zip(*columns, strict=True)


def column_converter(convert: Callable[..., Any], expression: Any, connection: Any) -> Convert:
    """What does for a column what this does for a value."""
    if connection.vendor == "mysql" and convert == connection.ops.convert_datetimefield_value:
        return partial(make_aware, connection.timezone)
    return lambda column: [convert(value, expression, connection) for value in column]


def make_aware(zone: tzinfo, column: Column) -> Column:
    aware = datetime.combine  # a quarter of the time of `replace`
    return [value and aware(value, value.time(), zone) for value in column]
