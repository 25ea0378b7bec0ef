"""Every list has a size: the schema cannot be created with a list that has none."""

import pytest
from graphql import build_schema

from api.limits.weights import LIST_SIZES, require_sizes
from api.schema import schema


def test_every_list_of_the_schema_has_a_size() -> None:
    assert require_sizes(schema) is schema


@pytest.mark.parametrize("type_", ["[Int]", "[Int!]!", "[[Int]]", "[Query!]"])
def test_a_list_without_a_size_fails_the_build(type_: str) -> None:
    with pytest.raises(LookupError, match=r"The list Query\.things has no cost: give it a size"):
        require_sizes(build_schema(f"type Query {{ things: {type_} thing: Int }}"))
    with pytest.raises(LookupError, match=r"Thing\.things"):
        require_sizes(build_schema(f"type Query {{ thing: Int }} interface Thing {{ things: {type_} }}"))


def test_the_items_of_a_connection_need_no_size() -> None:
    require_sizes(build_schema("type Query { c: XConnection } type XConnection { nodes: [Int!]! edges: [Int] }"))
    with pytest.raises(LookupError, match=r"XConnection\.others"):
        require_sizes(build_schema("type Query { c: XConnection } type XConnection { others: [Int!]! }"))


def test_the_table_names_existing_fields_only() -> None:
    for coordinate, size in LIST_SIZES.items():
        parent, _, field = coordinate.partition(".")
        found = schema.type_map[parent].fields[field]
        assert isinstance(size, int | None) or size in found.args
