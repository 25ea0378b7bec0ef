"""Executing a valid document, on the calling thread and in whatever transaction is open there."""

from typing import Any, Protocol

from django.conf import settings
from graphql import DocumentNode, ExecutionContext, ExecutionResult, GraphQLSchema, execute

from api.execution.columnar import ColumnarExecutionContext
from api.execution.deadline import Deadline
from api.execution.loop import thread_loop
from api.execution.standard import StandardExecutionContext

EXECUTORS: dict[str, type[ExecutionContext]] = {
    "columnar": ColumnarExecutionContext,
    "standard": StandardExecutionContext,
}


class HasDeadline(Protocol):
    """The context of resolvers. The execution itself uses only its deadline."""

    @property
    def deadline(self) -> Deadline: ...


def execute_document(
    schema: GraphQLSchema,
    document: DocumentNode,
    *,
    context: HasDeadline,
    variables: dict[str, Any] | None = None,
    operation_name: str | None = None,
) -> ExecutionResult:
    """Execute one operation. Everything that its resolvers await runs here, before this returns."""
    loop = thread_loop()
    with loop.session(), context.deadline.enforced():
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
    return result
