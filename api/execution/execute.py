"""Executing a valid document, on the thread that asks and in whatever transaction is open there."""

from asyncio import Future
from types import CoroutineType
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionContext,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    execute,
)
from graphql.pyutils import Path, Undefined

from api.context import Context
from api.execution.loop import close, thread_loop


class BatchedExecutionContext(ExecutionContext):
    """graphql-core's execution, for loaders on a `BatchLoop`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.coroutines: list[CoroutineType[Any, Any, Any]] = []

    def is_awaitable(self, value: Any) -> bool:
        """Coroutines and futures: all that our resolvers answer. The former are remembered, to be closed.

        An error beside one that is not awaited yet drops it, and everything within it.
        """
        if isinstance(value, CoroutineType):
            self.coroutines.append(value)
            return True
        return isinstance(value, Future)

    def execute_fields_serially(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        fields: dict[str, list[FieldNode]],
    ) -> dict[str, Any]:
        """Complete each mutation's payload before the next one changes what it would show."""
        loop, results = thread_loop(), {}
        for name, nodes in fields.items():
            result = self.execute_field(parent_type, source_value, nodes, Path(path, name, parent_type.name))
            if self.is_awaitable(result):
                result = loop.run_until_complete(result)
            if result is not Undefined:
                results[name] = result
        return results

    def build_response(  # type: ignore[override]
        self, data: dict[str, Any] | None, errors: list[GraphQLError]
    ) -> ExecutionResult:
        if errors:
            close(self.coroutines)
        return super().build_response(data, errors)


def execute_document(
    schema: GraphQLSchema,
    document: DocumentNode,
    *,
    context: Context,
    variables: dict[str, Any] | None = None,
    operation_name: str | None = None,
) -> ExecutionResult:
    """Execute one operation. Whatever its resolvers wait for runs here, level by level, before this returns."""
    loop = thread_loop()
    with loop.session(), context.deadline.enforced():
        result = execute(
            schema,
            document,
            context_value=context,
            variable_values=variables,
            operation_name=operation_name,
            execution_context_class=BatchedExecutionContext,
        )
        if not isinstance(result, ExecutionResult):
            result = loop.run_until_complete(result)
    return result
