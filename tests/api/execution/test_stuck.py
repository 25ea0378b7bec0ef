"""A resolver that waits for something outside the loop is an error at each of its places, and not an exception."""

import pytest
from graphql import GraphQLField, GraphQLList, GraphQLObjectType, GraphQLSchema, GraphQLString, execute, parse

from api.execution.columnar import ColumnarExecutionContext
from api.execution.loop import thread_loop


@pytest.mark.parametrize(("document", "errors"), [("{ a }", 1), ("{ a b: a }", 2), ("{ many }", 2)])
def test_who_is_stuck_twice_is_told_twice(document: str, errors: int) -> None:
    stuck = thread_loop().create_future()
    fields = {
        "a": GraphQLField(GraphQLString, resolve=lambda *_: stuck),
        "many": GraphQLField(GraphQLList(GraphQLString), resolve=lambda *_: [stuck, stuck]),
    }
    schema = GraphQLSchema(GraphQLObjectType("Query", fields))
    result = execute(schema, parse(document), execution_context_class=ColumnarExecutionContext)
    assert len(result.errors or ()) == errors
