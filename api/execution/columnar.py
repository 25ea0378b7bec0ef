"""Executing an operation column by column: each field is resolved for all the objects at its place, and then completed.

graphql-core walks the response, value by value. Here the selections are walked, once, and at each of them stands the
list of all objects that were found there:

    query { openAppointments { nodes { startsAt provider { name } } } }

    plan         openAppointments -> nodes -> startsAt, provider -> name
    columns      [page] -> [[a, b, c]] -> [9:00, 9:15, 9:30], [p, p, q] -> ["Ann", "Bert"]
    batches      1: openAppointments, nodes, startsAt; the loader's keys are p and q
                 2: the loader reads, once; provider, name

A column of awaitables is pending. When nothing else is left to do the loop runs, once for all pending columns: they are
a batch, so a loader reads once per batch, however many objects, fields or branches have called it. A value that fails
is a Failure in its column; only if there was any is the response walked, to find the paths and to propagate nulls.

What of this is known before the request is the plan. Plans are cached.

The results are those of graphql-core, except for what the specification leaves open: the siblings of a field that
failed are resolved all the same, and `info.path` has no list indexes. The internals of graphql-core that are used here
are no public API: its version is pinned, and tests/api/execution/ compares both on random documents.
"""

import asyncio
from typing import Any

from graphql import (
    ExecutionContext,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    OperationDefinitionNode,
    OperationType,
    Undefined,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution.execute import SELECTIONS_NESTED_TOO_DEEPLY

from api.execution.loop import thread_loop
from api.execution.plan import Plan
from api.execution.plan_cache import PlanCache
from api.execution.state import ExecutionState

PLANS = PlanCache()

DIRECTIVE_VARIABLES = "_directive_variables"
"""The attribute of an operation's node that caches the names of the variables that its plans depend on."""


class ColumnarExecutionContext(ExecutionContext):
    """graphql-core's execution, column by column; used as `execution_context_class`."""

    def execute_operation(self, operation: OperationDefinitionNode, root_value: Any) -> Any:
        root_type = self.schema.get_root_type(operation.operation)
        has_running_loop = asyncio._get_running_loop() is not None  # an async caller, whose loop awaits the result
        if (
            root_type is None
            or operation.operation is OperationType.SUBSCRIPTION
            or has_running_loop
            or self.middleware_manager
        ):
            return super().execute_operation(operation, root_value)
        loop = thread_loop()
        with loop.session():
            try:
                return self.execute_steps(self.plan_of(operation, root_type), root_value, ExecutionState(self, loop))
            except RecursionError:
                pass
        raise GraphQLError(SELECTIONS_NESTED_TOO_DEEPLY, operation)

    def execute_steps(self, plan: Plan, root_value: Any, state: ExecutionState) -> dict[str, Any]:
        """Execute the steps in order: each is complete, with all that it awaits, before the next one begins."""
        data: dict[str, Any] = {}
        for selection in plan.steps:
            (row,) = selection.execute([root_value], {type(root_value)}, state)
            state.complete_pending()
            data |= selection.finish(row, [], state) if state.has_failures else row
        return data

    def plan_of(self, operation: OperationDefinitionNode, root_type: GraphQLObjectType) -> Plan:
        """The operation's plan for the values of its variables."""
        names = vars(operation).get(DIRECTIVE_VARIABLES)
        if names is None:
            names = vars(operation)[DIRECTIVE_VARIABLES] = directive_variables(operation, self.fragments)
        values = tuple(self.variable_values.get(name, Undefined) for name in names)
        key = id(self.schema), self.field_resolver, self.type_resolver, values
        plan = PLANS.get(operation, key)
        if plan is None:
            plan = Plan(self, root_type, names)
            PLANS.put(operation, key, plan)
        return plan


class DirectiveVariables(Visitor):
    """Collects the names of the variables that decide which fields are selected."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: Any, *_: Any) -> None:
        if node.name.value in ("skip", "include"):
            values = [argument.value for argument in node.arguments]
            self.names |= {value.name.value for value in values if isinstance(value, VariableNode)}


def directive_variables(
    operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]
) -> tuple[str, ...]:
    visitor = DirectiveVariables()
    for node in (operation, *fragments.values()):
        if node.loc is None or "@" in node.loc.source.body:
            visit(node, visitor)
    return tuple(sorted(visitor.names))
