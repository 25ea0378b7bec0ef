"""Every deprecation has a reason and a removal date."""

import re
from collections.abc import Iterator
from datetime import date

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
)

from api.schema import schema


def deprecations(of: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Every deprecated element, with its reason."""
    for name, one in of.type_map.items():
        elements = {}
        match one:
            case GraphQLObjectType() | GraphQLInterfaceType():
                elements = dict(one.fields)
                elements |= {
                    f"{field}.{arg}": taken for field, it in one.fields.items() for arg, taken in it.args.items()
                }
            case GraphQLInputObjectType():
                elements = dict(one.fields)
            case GraphQLEnumType():
                elements = dict(one.values)
        for element, found in elements.items():
            if found.deprecation_reason is not None:
                yield f"{name}.{element}", found.deprecation_reason


def undated(of: GraphQLSchema) -> list[str]:
    """The deprecated elements whose reason does not end with "Removal after YYYY-MM-DD."."""
    wrong = []
    for name, reason in deprecations(of):
        found = re.fullmatch(r"\S.*\. Removal after (\d{4}-\d\d-\d\d)\.", reason)
        try:
            date.fromisoformat(found[1] if found else "")
        except ValueError:
            wrong.append(name)
    return wrong


def test_every_deprecation_has_a_reason_and_a_date() -> None:
    assert undated(schema) == []


def test_a_deprecation_without_a_reason_or_a_date_is_found() -> None:
    sample = build_schema("""
        type Query {
          fine(a: Int @deprecated(reason: "Use b. Removal after 2030-01-31."), b: Int): Int
          bare(kind: Kind, wish: Wish): Int @deprecated
          timeless: Int @deprecated(reason: "Use fine.")
          unexplained(a: Int @deprecated(reason: "Removal after 2030-01-31.")): Int
          never: Int @deprecated(reason: "Use fine. Removal after 2030-02-31.")
        }
        enum Kind { GOOD BAD @deprecated(reason: "Use GOOD. Soon.") }
        input Wish { a: Int @deprecated }
    """)
    found = ["Query.bare", "Query.timeless", "Query.never", "Query.unexplained.a", "Kind.BAD", "Wish.a"]
    assert sorted(undated(sample)) == sorted(found)
