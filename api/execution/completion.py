"""Completing columns of scalars, enums and lists: values are checked and serialised a column at a time."""

from collections.abc import AsyncIterable
from itertools import chain
from typing import Any

from graphql import GraphQLError, is_enum_type, located_error
from graphql.pyutils import is_iterable

from api.execution.column_resolvers import column_serializers
from api.execution.columns import (
    AWAITABLE,
    FLAGS,
    LISTS,
    NULL_OR_ERROR,
    NULLS,
    Column,
    Failure,
    PythonTypes,
    ResponsePath,
    flags_of,
    types_of,
)
from api.execution.selected_field import SelectedField
from api.execution.state import ExecutionState

Stream: type[Any] = AsyncIterable
"""The class without type arguments: `isinstance` says nothing about those of an object."""


class Completer:
    """Completes the columns of one field, or of the items of its lists."""

    def __init__(self, field: SelectedField, type_: Any, *, non_null: bool) -> None:
        self.field = field
        self.type = type_
        self.non_null = non_null

    def __call__(self, values: Column, types: PythonTypes, flags: int, state: ExecutionState) -> Column:
        """The completed column, with a Failure for each value that has an error."""
        if not flags & NULL_OR_ERROR:
            return self.complete(values, types, state)
        present = [value for value in values if not FLAGS[type(value)] & NULL_OR_ERROR]
        completed = iter(self.complete(present, types_of(present), state) if present else ())
        return [
            self.null_or_failure(value, state) if FLAGS[type(value)] & NULL_OR_ERROR else next(completed)
            for value in values
        ]

    def null_or_failure(self, null_or_error: Any, state: ExecutionState) -> Failure | None:
        """The completed value of a null or an error."""
        if isinstance(null_or_error, Failure):
            return null_or_error
        if isinstance(null_or_error, Exception):
            return state.failure(null_or_error)
        if self.non_null:
            name = f"{self.field.parent_type.name}.{self.field.name}"
            return state.failure(TypeError(f"Cannot return null for non-nullable field {name}."))
        return None

    def complete(self, values: Column, types: PythonTypes, state: ExecutionState) -> Column:
        """The completed column of these values, which contain neither nulls nor errors."""
        raise NotImplementedError

    def finish_value(self, value: Any, path: ResponsePath, state: ExecutionState) -> Any:
        """The value for the response. A failure is added to the errors, and becomes null here.

        Raises GraphQLError when the type is non-null, so that the parent becomes null.
        """
        try:
            if isinstance(value, Failure):
                raise located_error(value.error, self.field.nodes, path)
            return None if value is None else self.finish(value, path, state)
        except GraphQLError as error:
            if self.non_null:
                raise
            state.context.collected_errors.errors.append(error)
            return None

    def finish(self, value: Any, path: ResponsePath, state: ExecutionState) -> Any:
        """The value for the response, without the failures inside it. Raises GraphQLError as `finish_value` does."""
        return value


class LeafCompleter(Completer):
    """Scalars and enums."""

    def __init__(self, field: SelectedField, type_: Any, *, non_null: bool) -> None:
        super().__init__(field, type_, non_null=non_null)
        self.serializers = column_serializers(type_)
        self.is_enum = is_enum_type(type_)

    def complete(self, values: Column, types: PythonTypes, state: ExecutionState) -> Column:
        try:
            completed = self.serialize(values, types)
        except Exception:
            completed = state.call_each(state.context.complete_leaf_value, [(self.type, value) for value in values])
        if state.size_limit is not None:
            state.size_limit.add_values(completed)
        return completed

    def serialize(self, values: Column, types: PythonTypes) -> Column:
        """The serialised column. Raises any exception when the values have to be serialised one by one."""
        if len(types) == 1:
            (type_,) = types
            if serialize_column := self.serializers.get(type_):
                return serialize_column(values)
        serialize = self.type.serialize
        if self.is_enum:
            name_of = {value: serialize(value) for value in set(values)}
            serialised = [name_of[value] for value in values]
        else:
            serialised = [serialize(value) for value in values]
        if NULLS.isdisjoint(types_of(serialised)):
            return serialised
        raise TypeError("A scalar has been serialised as null.")


class ListCompleter(Completer):
    """Lists: the items of all of them are one column, which `item` completes."""

    def __init__(self, field: SelectedField, type_: Any, *, non_null: bool, item: Completer) -> None:
        super().__init__(field, type_, non_null=non_null)
        self.item = item

    def complete(self, values: Column, types: PythonTypes, state: ExecutionState) -> Column:
        if not types <= LISTS:
            values = state.call_each(self.to_list, [(value, state) for value in values])
        items = list(chain.from_iterable(value for value in values if not isinstance(value, Failure)))
        item_types = types_of(items)
        flags = flags_of(item_types)
        if flags & AWAITABLE:
            items = state.awaited(items)
            item_types = types_of(items)
            flags = flags_of(item_types)
        if items:
            items = self.item(items, item_types, flags, state)
        completed: Column = []
        start = 0
        for value in values:
            if isinstance(value, Failure):
                completed.append(value)
            else:
                end = start + len(value)
                completed.append(items[start:end])
                start = end
        return completed

    def to_list(self, value: Any, state: ExecutionState) -> Any:
        if is_iterable(value):
            return list(value)
        if isinstance(value, Stream):
            return state.loop.run_until_complete(collect(value))
        name = f"{self.field.parent_type.name}.{self.field.name}"
        raise GraphQLError(f"Expected Iterable, but did not find one for field '{name}'.")

    def finish(self, value: Column, path: ResponsePath, state: ExecutionState) -> Column:
        return [self.item.finish_value(item, [*path, index], state) for index, item in enumerate(value)]


async def collect(values: AsyncIterable[Any]) -> list[Any]:
    return [value async for value in values]
