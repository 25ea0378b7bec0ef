"""graphql-core's own execution, value by value, with loaders on a `BatchLoop`."""

from asyncio import Future
from types import CoroutineType
from typing import Any

from graphql import (
    ExecutionContext,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLLeafType,
    GraphQLObjectType,
    OperationDefinitionNode,
)
from graphql.pyutils import Path, Undefined

from api.execution.loop import close_coroutines, thread_loop
from api.execution.response_size import PUNCTUATION, SizeExceeded, SizeLimit

Coroutine: type[Any] = CoroutineType
"""The class without type arguments: `isinstance` says nothing about those of an object."""


class StandardExecutionContext(ExecutionContext):
    """Used as `execution_context_class`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.coroutines: list[CoroutineType[Any, Any, Any]] = []
        self.size_limit: SizeLimit | None = getattr(self.context_value, "size_limit", None)

    def is_awaitable(self, value: Any) -> bool:
        """Whether it is a coroutine or a future, the only awaitables that resolvers return.

        Coroutines are recorded to be closed, because an error of a sibling drops those that are not awaited yet.
        """
        if isinstance(value, Coroutine):
            self.coroutines.append(value)
            return True
        return isinstance(value, Future)

    def execute_operation(self, operation: OperationDefinitionNode, root_value: Any) -> Any:
        try:
            return super().execute_operation(operation, root_value)
        except SizeExceeded:
            close_coroutines(self.coroutines)
            raise

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        fields: dict[str, list[FieldNode]],
    ) -> Any:
        """Count the names of the fields, and execute them."""
        if self.size_limit is not None:
            self.size_limit.add(sum(len(name) + PUNCTUATION for name in fields))
        return super().execute_fields(parent_type, source_value, path, fields)

    def complete_leaf_value(  # type: ignore[override]
        self, return_type: GraphQLLeafType, result: Any
    ) -> Any:
        """Complete a scalar or an enum, and count it."""
        completed = super().complete_leaf_value(return_type, result)
        if self.size_limit is not None:
            self.size_limit.add_values([completed])
        return completed

    def execute_fields_serially(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        fields: dict[str, list[FieldNode]],
    ) -> dict[str, Any]:
        """Complete each mutation's payload before the next mutation changes the data that it shows."""
        loop = thread_loop()
        results: dict[str, Any] = {}
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
            close_coroutines(self.coroutines)
        return super().build_response(data, errors)
