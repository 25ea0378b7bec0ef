"""Plans: the part of an execution that is known before any request, that is, the fields and how each is resolved."""

from typing import Any

from graphql import ExecutionContext, FieldNode, GraphQLObjectType, OperationType
from graphql.execution.collect_fields import collect_fields, collect_sub_fields
from graphql.execution.execute import get_field_def
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path

from api.execution.column_resolvers import column_resolver
from api.execution.columns import (
    AWAITABLE,
    FUTURES,
    Column,
    PythonTypes,
    ResponsePath,
    Row,
    RowBuilder,
    flags_of,
    row_builder,
    types_of,
)
from api.execution.object_completion import make_completer
from api.execution.response_size import PUNCTUATION
from api.execution.selected_field import SelectedField
from api.execution.state import ExecutionState

Nodes = dict[str, list[FieldNode]]


class Plan:
    """An operation, for one set of values of the variables that @skip and @include use.

    steps: the selections that are executed one after the other: each field of a mutation, all fields of a query.
    size: how many fields have been planned so far.
    """

    def __init__(self, context: ExecutionContext, root_type: GraphQLObjectType, directive_variables: tuple[str, ...]):
        self.size = 0
        self.schema = context.schema
        self.fragments = context.fragments
        self.field_resolver = context.field_resolver
        self.type_resolver = context.type_resolver
        given = context.variable_values
        self.variables = {name: given[name] for name in directive_variables if name in given}
        operation = context.operation
        nodes = collect_fields(self.schema, self.fragments, self.variables, root_type, operation.selection_set)
        is_serial = operation.operation is OperationType.MUTATION
        groups: list[Nodes] = [{key: group} for key, group in nodes.items()] if is_serial else [nodes]
        self.steps = [Selection(self, root_type, group, None) for group in groups]

    def sub_selection(self, field: SelectedField, type_: GraphQLObjectType) -> "Selection":
        """What is selected below this field, of objects of this type."""
        nodes = collect_sub_fields(self.schema, self.fragments, self.variables, type_, field.nodes)
        return Selection(self, type_, nodes, field.path)


class Selection:
    """The fields that are selected of one type at one place of the operation."""

    def __init__(self, plan: Plan, type_: GraphQLObjectType, nodes: Nodes, path: Path | None) -> None:
        self.fields = [
            Field(plan, type_, key, group, definition, path)
            for key, group in nodes.items()
            if (definition := get_field_def(plan.schema, type_, group[0]))
        ]
        plan.size += len(self.fields)
        self.key_bytes = sum(len(field.key) + PUNCTUATION for field in self.fields)
        self.build_rows: RowBuilder | None = None
        self.was_executed = False

    def execute(self, sources: Column, types: PythonTypes, state: ExecutionState) -> list[Row]:
        """One row per source. The values of pending columns are put into the rows later."""
        if state.size_limit is not None:
            state.size_limit.add(len(sources) * self.key_bytes)
        columns: list[Column] = []
        pending: list[tuple[Field, Column]] = []
        for field in self.fields:
            values = field.resolve(sources, types, state)
            value_types = types_of(values)
            flags = flags_of(value_types)
            if not flags & AWAITABLE:
                values = field.completer(values, value_types, flags, state)
            else:
                if not value_types <= FUTURES:
                    values = [state.as_future(value) for value in values]
                pending.append((field, values))
            columns.append(values)
        rows: list[Row] = self.rows_of(columns) if columns else [{} for _ in sources]
        state.pending += [(field.key, field.completer, values, rows) for field, values in pending]
        return rows

    def rows_of(self, columns: list[Column]) -> list[Row]:
        """The rows of these columns. Their builder is generated on the second call, since generating it costs more than
        it saves on one."""
        if self.build_rows:
            return self.build_rows(*columns)
        keys = tuple(field.key for field in self.fields)
        if self.was_executed:
            self.build_rows = row_builder(keys)
        self.was_executed = True
        return [dict(zip(keys, values, strict=True)) for values in zip(*columns, strict=True)]

    def finish(self, row: Row, path: ResponsePath, state: ExecutionState) -> Row:
        """The row without failures: each is added to the errors, and becomes null where the type allows it.

        Raises GraphQLError when the row itself has to become null.
        """
        return {
            field.key: field.completer.finish_value(row[field.key], [*path, field.key], state) for field in self.fields
        }


class Field(SelectedField):
    """A selected field, with its resolver and the completer of its type."""

    def __init__(
        self,
        plan: Plan,
        parent_type: GraphQLObjectType,
        key: str,
        nodes: list[FieldNode],
        definition: Any,
        path: Path | None,
    ) -> None:
        super().__init__(key, nodes, definition, parent_type, path)
        self.resolver = definition.resolve or plan.field_resolver
        self.resolve_column = column_resolver(self.resolver, parent_type)
        self.completer = make_completer(
            self, definition.type, select=plan.sub_selection, resolve_type=plan.type_resolver
        )

    def resolve(self, sources: Column, types: PythonTypes, state: ExecutionState) -> Column:
        """The field's value for each source; an error fails only its own value."""
        arguments = {}
        if self.definition.args:
            try:
                arguments = get_argument_values(self.definition, self.nodes[0], state.variables)
            except Exception as error:
                return [state.failure(error)] * len(sources)
        info = state.info(self)
        if self.resolve_column:
            try:
                return self.resolve_column(sources, types, info, **arguments)
            except Exception:
                pass  # the loop below finds out which sources fail
        resolver = self.resolver
        values: Column = []
        for source in sources:
            try:
                values.append(resolver(source, info, **arguments))
            except Exception as error:
                values.append(state.failure(error))
        return values
