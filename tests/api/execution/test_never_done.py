"""A resolver that awaits something outside the loop is an error of each field that it resolves, not an exception."""

import pytest
from graphql import GraphQLField, GraphQLList, GraphQLObjectType, GraphQLSchema, GraphQLString, execute, parse

from api.execution.columnar import ColumnarExecutionContext
from api.execution.loop import thread_loop


@pytest.mark.parametrize(("document", "errors"), [("{ a }", 1), ("{ a b: a }", 2), ("{ many }", 2)])
def test_each_value_that_is_never_done_is_an_error(document: str, errors: int) -> None:
    never_done = thread_loop().create_future()
    fields = {
        "a": GraphQLField(GraphQLString, resolve=lambda *_: never_done),
        "many": GraphQLField(GraphQLList(GraphQLString), resolve=lambda *_: [never_done, never_done]),
    }
    schema = GraphQLSchema(GraphQLObjectType("Query", fields))
    result = execute(schema, parse(document), execution_context_class=ColumnarExecutionContext)
    assert len(result.errors or ()) == errors
