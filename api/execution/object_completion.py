"""Completing columns of objects: the selection below a field is executed for all objects of a type together.

The selections themselves are made by the plan, which passes in the function that makes them.
"""

from collections.abc import Callable
from typing import Any, Protocol

from graphql import GraphQLObjectType, is_abstract_type, is_leaf_type, is_list_type, is_non_null_type
from graphql.execution.execute import invalid_return_type_error

from api.execution.column_resolvers import is_decided_by_class
from api.execution.columns import Column, Failure, PythonTypes, ResponsePath, Row, types_of
from api.execution.completion import Completer, LeafCompleter, ListCompleter
from api.execution.selected_field import SelectedField
from api.execution.state import ExecutionState


class SubSelection(Protocol):
    """What is selected of the objects of one type."""

    def execute(self, sources: Column, types: PythonTypes, state: ExecutionState) -> list[Row]: ...

    def finish(self, row: Row, path: ResponsePath, state: ExecutionState) -> Row: ...


Select = Callable[[SelectedField, GraphQLObjectType], SubSelection]
"""Returns what is selected below a field, of objects of a type. May raise, since directives are evaluated."""


class ObjectCompleter(Completer):
    """Objects of one type."""

    def __init__(self, field: SelectedField, type_: Any, *, non_null: bool, select: Select) -> None:
        super().__init__(field, type_, non_null=non_null)
        self.select = select
        self.selection: SubSelection | None = None
        self.is_decided_by_class = is_decided_by_class(type_.is_type_of)
        self.checked_types: PythonTypes = set()

    def complete(self, values: Column, types: PythonTypes, state: ExecutionState) -> Column:
        if self.selection is None:  # made when first needed, because its directives may be in error
            try:
                self.selection = self.select(self.field, self.type)
            except Exception as error:
                return [state.failure(error)] * len(values)
        if self.type.is_type_of and not (self.is_decided_by_class and types <= self.checked_types):
            checked = self.check_types(values, state)
            if Failure in types_of(checked):
                valid = [value for value in checked if not isinstance(value, Failure)]
                rows = iter(self.selection.execute(valid, types_of(valid), state) if valid else ())
                return [value if isinstance(value, Failure) else next(rows) for value in checked]
            self.checked_types |= types
        return self.selection.execute(values, types, state)

    def check_types(self, values: Column, state: ExecutionState) -> Column:
        """The values, with a failure for each that is not of this type."""
        info = state.info(self.field)
        results = state.call_each_and_await(self.type.is_type_of, [(value, info) for value in values])
        return [self.check_type(value, result, state) for value, result in zip(values, results, strict=True)]

    def check_type(self, value: Any, is_of_type: Any, state: ExecutionState) -> Any:
        if isinstance(is_of_type, Failure):
            return is_of_type
        return value if is_of_type else state.failure(invalid_return_type_error(self.type, value, self.field.nodes))

    def finish(self, value: Any, path: ResponsePath, state: ExecutionState) -> Any:
        assert self.selection is not None
        return self.selection.finish(value, path, state)


class AbstractCompleter(Completer):
    """Interfaces and unions: the objects of each type are completed together."""

    def __init__(
        self, field: SelectedField, type_: Any, *, non_null: bool, select: Select, resolve_type: Callable[..., Any]
    ) -> None:
        super().__init__(field, type_, non_null=non_null)
        self.select = select
        self.resolve_type = type_.resolve_type or resolve_type
        self.completers: dict[str, ObjectCompleter] = {}

    def complete(self, values: Column, types: PythonTypes, state: ExecutionState) -> Column:
        info = state.info(self.field)
        completed = state.call_each_and_await(self.resolve_type, [(value, info, self.type) for value in values])
        indexes_by_completer: dict[ObjectCompleter, list[int]] = {}
        for index, name in enumerate(completed):
            if not isinstance(name, Failure):
                try:
                    completer = self.completer_for(name, values[index], state)
                    indexes_by_completer.setdefault(completer, []).append(index)
                except Exception as error:
                    completed[index] = state.failure(error)
        for completer, indexes in indexes_by_completer.items():
            objects = [values[index] for index in indexes]
            finish = completer.finish
            for index, row in zip(indexes, completer.complete(objects, types_of(objects), state), strict=True):
                completed[index] = row
                state.finishers[id(row)] = finish
        return completed

    def completer_for(self, name: Any, value: Any, state: ExecutionState) -> ObjectCompleter:
        """The completer of the object type of this name. Raises GraphQLError unless it is one of this abstract type."""
        completer = self.completers.get(name) if isinstance(name, str) else None
        if completer is None:
            info = state.info(self.field)
            type_ = state.context.ensure_valid_runtime_type(name, self.type, self.field.nodes, info, value)
            completer = ObjectCompleter(self.field, type_, non_null=False, select=self.select)
            self.completers[name] = completer
        return completer

    def finish(self, value: Any, path: ResponsePath, state: ExecutionState) -> Any:
        return state.finishers[id(value)](value, path, state)


def make_completer(field: SelectedField, type_: Any, *, select: Select, resolve_type: Callable[..., Any]) -> Completer:
    """The completer of columns of this type.

    select: returns what is selected below the field.
    resolve_type: the default for abstract types without one.
    """
    non_null = is_non_null_type(type_)
    if non_null:
        type_ = type_.of_type
    if is_list_type(type_):
        item = make_completer(field, type_.of_type, select=select, resolve_type=resolve_type)
        return ListCompleter(field, type_, non_null=non_null, item=item)
    if is_leaf_type(type_):
        return LeafCompleter(field, type_, non_null=non_null)
    if is_abstract_type(type_):
        return AbstractCompleter(field, type_, non_null=non_null, select=select, resolve_type=resolve_type)
    return ObjectCompleter(field, type_, non_null=non_null, select=select)
