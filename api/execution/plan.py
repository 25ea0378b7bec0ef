"""What of an operation is known before any request: which fields it selects where, and how each is resolved."""

from typing import Any

from graphql import (
    ExecutionContext,
    FieldNode,
    GraphQLObjectType,
    OperationType,
)
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
    Row,
    RowBuilder,
    kinds_of,
    marks_of,
    row_builder,
)
from api.execution.completion import make_completer
from api.execution.state import Run

Nodes = dict[str, list[FieldNode]]


class Plan:
    """An operation with these values of the variables that @skip and @include name.

    steps: what is executed one after the other: a mutation's fields one by one, a query's all together.
    size: how many fields it has so far.
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

    def sub_selection(self, field: "Field", type_: GraphQLObjectType) -> "Selection":
        """What is selected below this field, of an object of this type."""
        nodes = collect_sub_fields(self.schema, self.fragments, self.variables, type_, field.nodes)
        return Selection(self, type_, nodes, field.path)


class Selection:
    """The fields that are selected on one type at one place of the operation."""

    def __init__(self, plan: Plan, type_: GraphQLObjectType, nodes: Nodes, path: Path | None) -> None:
        self.fields = [
            Field(plan, type_, key, group, definition, path)
            for key, group in nodes.items()
            if (definition := get_field_def(plan.schema, type_, group[0]))
        ]
        plan.size += len(self.fields)
        self.build_rows: RowBuilder | None = None
        self.is_used_again = False

    def execute(self, sources: Column, kinds: PythonTypes, run: Run) -> list[Row]:
        """A row for each source. What has to be waited for is put into its rows later."""
        columns: list[Column] = []
        waiting: list[tuple[Field, Column]] = []
        for field in self.fields:
            values = field.resolve(sources, kinds, run)
            value_kinds = kinds_of(values)
            marks = marks_of(value_kinds)
            if not marks & AWAITABLE:
                values = field.completer(values, value_kinds, marks, run)
            else:
                if not value_kinds <= FUTURES:
                    values = [run.as_future(value) for value in values]
                waiting.append((field, values))
            columns.append(values)
        rows = self.rows_of(columns) if columns else [{} for _ in sources]
        run.waiting += [(field, values, rows) for field, values in waiting]
        return rows

    def rows_of(self, columns: list[Column]) -> list[Row]:
        """The rows of these columns. Code is made for them at the second time: that takes longer than a first."""
        if self.build_rows:
            return self.build_rows(*columns)
        keys = tuple(field.key for field in self.fields)
        if self.is_used_again:
            self.build_rows = row_builder(keys)
        self.is_used_again = True
        return [dict(zip(keys, values, strict=True)) for values in zip(*columns, strict=True)]

    def finish(self, row: Row, path: list[str | int], run: Run) -> Row:
        """The row without its failures: each is an error now, and null where the type allows it.

        Raises GraphQLError when this row is to be null.
        """
        return {
            field.key: field.completer.finish_place(row[field.key], [*path, field.key], run) for field in self.fields
        }


class Field:
    """One key of the response at one place of the operation."""

    def __init__(
        self,
        plan: Plan,
        parent_type: GraphQLObjectType,
        key: str,
        nodes: list[FieldNode],
        definition: Any,
        path: Path | None,
    ) -> None:
        self.key = key
        self.name = nodes[0].name.value
        self.nodes = nodes
        self.definition = definition
        self.parent_type = parent_type
        self.path = Path(path, key, parent_type.name)
        self.resolver = definition.resolve or plan.field_resolver
        self.resolve_column = column_resolver(self.resolver, parent_type)
        self.completer = make_completer(plan, self, definition.type)

    def resolve(self, sources: Column, kinds: PythonTypes, run: Run) -> Column:
        """The field's value of each source; an error fails only its own."""
        arguments = {}
        if self.definition.args:
            try:
                arguments = get_argument_values(self.definition, self.nodes[0], run.variables)
            except Exception as error:
                return [run.failure(error)] * len(sources)
        info = run.info(self)
        if self.resolve_column:
            try:
                return self.resolve_column(sources, kinds, info, **arguments)
            except Exception:
                pass  # which of the sources fail is found out below
        resolver, values = self.resolver, []
        for source in sources:
            try:
                values.append(resolver(source, info, **arguments))
            except Exception as error:
                values.append(run.failure(error))
        return values
