"""Row readers turn the rows of a statement into results, column by column, where Django converts value by value."""

from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from functools import partial
from typing import Any

from django.db.models.query import ModelIterable, ValuesListIterable

from database.fast_hydration import FastHydration

Rows = Iterable[tuple[Any, ...]]
Values = Iterable[Any]
"""The values of one column of the rows."""

Convert = Callable[[Values], Values]
Converters = list[tuple[int, Convert]]
"""Converters, each with the index of its column."""


def build_row_reader(queryset: Any, compiler: Any) -> Callable[[Rows], list[Any]] | None:
    """A function from the rows of this compiled queryset to its results.

    Returns None for querysets whose results only Django can make: with select_related, as dictionaries, as flat or
    named tuples, and the like.
    """
    converters: Converters = [
        (index, column_converter(convert, expression, compiler.connection))
        for index, (converts, expression) in compiler.get_converters([column[0] for column in compiler.select]).items()
        for convert in converts
    ]
    iterable, query, select = queryset._iterable_class, queryset.query, compiler.select
    if queryset._known_related_objects or compiler.has_extra_select:
        return None
    if iterable is ValuesListIterable and query.values_select == tuple(queryset._fields):
        return partial(read_tuples, converters)
    if iterable is not ModelIterable or (compiler.annotation_col_map and not issubclass(queryset.model, FastHydration)):
        return None
    indexes = compiler.klass_info["select_fields"]
    names = [select[index][0].target.attname for index in indexes] + list(compiler.annotation_col_map)
    if [*indexes, *compiler.annotation_col_map.values()] != list(range(len(select))):
        return None
    return partial(read_instances, converters, partial(queryset.model.from_db, queryset.db, names))


def read_tuples(converters: Converters, rows: Rows) -> list[Any]:
    return list(converted(converters, rows))


def read_instances(converters: Converters, from_db: Callable[[Any], Any], rows: Rows) -> list[Any]:
    return list(map(from_db, converted(converters, rows)))


def converted(converters: Converters, rows: Rows) -> Rows:
    """The rows, with the database's values converted to Python values."""
    columns: list[Values] = list(zip(*rows, strict=True))
    if not columns:
        return ()
    for index, convert in converters:
        columns[index] = convert(columns[index])
    return zip(*columns, strict=True)


def column_converter(convert: Callable[..., Any], expression: Any, connection: Any) -> Convert:
    """The converter of a column: it does for all values what this converter of Django does for one."""
    if connection.vendor == "mysql" and convert == connection.ops.convert_datetimefield_value:
        return partial(make_aware, connection.timezone)
    return lambda column: [convert(value, expression, connection) for value in column]


def make_aware(zone: tzinfo, column: Values) -> Values:
    combine = datetime.combine  # takes a quarter of the time of `replace`
    return [value and combine(value, value.time(), zone) for value in column]
