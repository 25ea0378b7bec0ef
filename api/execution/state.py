"""The state of one execution: what waits, what failed, and how awaitables become values."""

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from graphql import ExecutionContext, GraphQLResolveInfo
from graphql.pyutils import is_awaitable

from api.execution.columns import AWAITABLE, FUTURES, Column, Failure, Row, kinds_of, marks_of
from api.execution.loop import BatchLoop

if TYPE_CHECKING:
    from api.execution.completion import ObjectCompleter
    from api.execution.plan import Field


class Run:
    """Made once an execution; plans and what belongs to them know nothing of it.

    waiting: columns of awaitables, each with its field and the rows that it belongs to.
    failed: whether there is any failure, so that paths have to be found.
    completers: by the identity of a row of an abstract type, what completed it.
    """

    def __init__(self, context: ExecutionContext, loop: BatchLoop) -> None:
        self.context = context
        self.variables = context.variable_values
        self.loop = loop
        self.waiting: list[tuple[Field, Column, list[Row]]] = []
        self.failed = False
        self.completers: dict[int, ObjectCompleter] = {}
        self._infos: dict[Field, GraphQLResolveInfo] = {}

    def failure(self, error: Exception) -> Failure:
        self.failed = True
        return Failure(error)

    def info(self, field: "Field") -> GraphQLResolveInfo:
        """What resolvers of this field are told. One for all of its objects: its path has no places in lists."""
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

    def each(self, function: Callable[..., Any], calls: Iterable[tuple[Any, ...]]) -> Column:
        """What the function answers to each of these arguments; an error fails only its own value."""
        answers = []
        for arguments in calls:
            try:
                answers.append(function(*arguments))
            except Exception as error:
                answers.append(self.failure(error))
        return answers

    def each_awaited(self, function: Callable[..., Any], calls: Iterable[tuple[Any, ...]]) -> Column:
        """The same, with results in the place of awaitables."""
        answers = self.each(function, calls)
        return self.awaited(answers) if marks_of(kinds_of(answers)) & AWAITABLE else answers

    # --- Waiting ---------------------------------------------------------------------------------------------------

    def awaited(self, values: Column) -> Column:
        """The column with results in the place of awaitables, now."""
        values = [self.as_future(value) for value in values]
        self.loop.drain()
        return [self.result_of(value) for value in values]

    def as_future(self, value: Any) -> Any:
        if isinstance(value, asyncio.Future) or not is_awaitable(value):
            return value
        return asyncio.ensure_future(value, loop=self.loop)

    def result_of(self, value: Any) -> Any:
        if not isinstance(value, asyncio.Future):
            return value
        if not value.done():
            return self.failure(RuntimeError("A resolver waits for something outside the BatchLoop."))
        try:
            return value.result()
        except (Exception, asyncio.CancelledError) as error:
            return self.failure(error if isinstance(error, Exception) else RuntimeError("A resolver was cancelled."))

    def complete_waiting(self) -> None:
        """Complete all that waits, wave by wave: the loop runs once a wave, so a loader reads once for all of it."""
        while self.waiting:
            wave, self.waiting = self.waiting, []
            self.loop.drain()
            for field, column, rows in wave:
                self.complete_column(field, column, rows)

    def complete_column(self, field: "Field", column: Column, rows: list[Row]) -> None:
        """Complete what has been waited for, and put it into its rows."""
        # A loader answers the same future for the same key: each is completed once.
        unique = list(dict.fromkeys(column)) if kinds_of(column) <= FUTURES else column
        try:
            results = [future.result() for future in unique]
        except Exception:
            results = [self.result_of(value) for value in unique]
        kinds = kinds_of(results)
        completed = field.completer(results, kinds, marks_of(kinds), self)
        if len(unique) < len(column):
            result_of = dict(zip(unique, completed, strict=True))
            completed = [result_of[future] for future in column]
        key = field.key
        for row, value in zip(rows, completed, strict=True):
            row[key] = value
