"""The state of one execution: which columns are pending, what failed, and how awaitables become values."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from graphql import ExecutionContext, GraphQLResolveInfo
from graphql.pyutils import is_awaitable

from api.execution.columns import (
    AWAITABLE,
    FUTURES,
    Column,
    Failure,
    PythonTypes,
    ResponsePath,
    Row,
    flags_of,
    types_of,
)
from api.execution.loop import BatchLoop
from api.execution.response_size import SizeLimit
from api.execution.selected_field import SelectedField

CompleteColumn = Callable[[Column, PythonTypes, int, "ExecutionState"], Column]
Future: type[Any] = asyncio.Future
"""The class without type arguments: `isinstance` says nothing about those of an object."""

FinishValue = Callable[[Any, ResponsePath, "ExecutionState"], Any]


class ExecutionState:
    """Created for one execution. Plans are shared by executions, so nothing in them refers to it.

    pending: columns of awaitables, each with its key in the rows, what completes it, and the rows.
    size_limit: counts what is completed; None when the response cannot become too large.
    has_failures: whether any value failed, so that the response has to be walked for paths.
    finishers: for each row of an abstract type, by the row's identity, what finishes it.
    """

    def __init__(self, context: ExecutionContext, loop: BatchLoop) -> None:
        self.context = context
        self.variables = context.variable_values
        self.loop = loop
        self.size_limit: SizeLimit | None = getattr(context.context_value, "size_limit", None)
        self.pending: list[tuple[str, CompleteColumn, Column, list[Row]]] = []
        self.has_failures = False
        self.finishers: dict[int, FinishValue] = {}
        self._infos: dict[SelectedField, GraphQLResolveInfo] = {}

    def failure(self, error: Exception) -> Failure:
        self.has_failures = True
        return Failure(error)

    def info(self, field: SelectedField) -> GraphQLResolveInfo:
        """The `info` argument of this field's resolvers. All objects share it, so its path has no list indexes."""
        info = self._infos.get(field)
        if info is None:
            context = self.context
            info = self._infos[field] = GraphQLResolveInfo(
                field.name,
                field.nodes,
                field.definition.type,
                field.parent_type,
                field.path,
                context.schema,
                context.fragments,
                context.root_value,
                context.operation,
                context.variable_values,
                context.context_value,
                is_awaitable,
            )
        return info

    # --- Calling ---------------------------------------------------------------------------------------------------

    def call_each(self, function: Callable[..., Any], calls: Iterable[tuple[Any, ...]]) -> Column:
        """The function's result for each tuple of arguments; an error fails only its own value."""
        results: Column = []
        for arguments in calls:
            try:
                results.append(function(*arguments))
            except Exception as error:
                results.append(self.failure(error))
        return results

    def call_each_and_await(self, function: Callable[..., Any], calls: Iterable[tuple[Any, ...]]) -> Column:
        """As `call_each`, with awaitables replaced by their results."""
        results = self.call_each(function, calls)
        return self.awaited(results) if flags_of(types_of(results)) & AWAITABLE else results

    # --- Awaiting --------------------------------------------------------------------------------------------------

    def awaited(self, values: Column) -> Column:
        """The column with awaitables replaced by their results. Runs the loop now."""
        values = [self.as_future(value) for value in values]
        self.loop.drain()
        return [self.result_of(value) for value in values]

    def as_future(self, value: Any) -> Any:
        if isinstance(value, Future) or not is_awaitable(value):
            return value
        return asyncio.ensure_future(value, loop=self.loop)

    def result_of(self, value: Any) -> Any:
        if not isinstance(value, Future):
            return value
        if not value.done():
            return self.failure(RuntimeError("A resolver waits for something outside the BatchLoop."))
        try:
            return value.result()
        except (Exception, asyncio.CancelledError) as error:
            return self.failure(error if isinstance(error, Exception) else RuntimeError("A resolver was cancelled."))

    def complete_pending(self) -> None:
        """Complete all pending columns, batch by batch: the loop runs once per batch, so each loader reads once."""
        while self.pending:
            batch, self.pending = self.pending, []
            self.loop.drain()
            for key, complete, column, rows in batch:
                self.complete_column(key, complete, column, rows)

    def complete_column(self, key: str, complete: CompleteColumn, column: Column, rows: list[Row]) -> None:
        """Complete a column whose awaitables are done, and put its values into the rows."""
        # A loader returns the same future for the same key: its result is completed once.
        unique = list(dict.fromkeys(column)) if types_of(column) <= FUTURES else column
        try:
            results = [future.result() for future in unique]
        except Exception:
            results = [self.result_of(value) for value in unique]
        types = types_of(results)
        completed = complete(results, types, flags_of(types), self)
        if len(unique) < len(column):
            result_of = dict(zip(unique, completed, strict=True))
            completed = [result_of[future] for future in column]
        for row, value in zip(rows, completed, strict=True):
            row[key] = value
