"""Executing a valid document, on the calling thread and in whatever transaction is open there."""

from typing import Any, Protocol

from django.conf import settings
from graphql import (
    DocumentNode,
    ExecutionContext,
    ExecutionResult,
    GraphQLSchema,
    execute,  # pyright: ignore[reportUnknownVariableType] - its `middleware` has no type arguments
)

from api.execution.columnar import ColumnarExecutionContext
from api.execution.deadline import Deadline
from api.execution.loop import thread_loop
from api.execution.response_size import ResponseTooLarge, SizeExceeded, SizeLimit
from api.execution.standard import StandardExecutionContext

EXECUTORS: dict[str, type[ExecutionContext]] = {
    "columnar": ColumnarExecutionContext,
    "standard": StandardExecutionContext,
}


class HasLimits(Protocol):
    """The context of resolvers. The execution itself uses only its limits."""

    @property
    def deadline(self) -> Deadline: ...

    @property
    def size_limit(self) -> SizeLimit | None: ...


def execute_document(
    schema: GraphQLSchema,
    document: DocumentNode,
    *,
    context: HasLimits,
    variables: dict[str, Any] | None = None,
    operation_name: str | None = None,
) -> ExecutionResult:
    """Execute one operation. Everything that its resolvers await runs here, before this returns.

    Raises ResponseTooLarge when the context has a size limit and the response is sure to exceed it.
    """
    loop = thread_loop()
    with loop.session(), context.deadline.enforced():
        try:
            result = execute(
                schema,
                document,
                context_value=context,
                variable_values=variables,
                operation_name=operation_name,
                execution_context_class=EXECUTORS[settings.GRAPHQL_EXECUTOR],
            )
            if not isinstance(result, ExecutionResult):
                result = loop.run_until_complete(result)
        except SizeExceeded:
            raise ResponseTooLarge from None
    return result
