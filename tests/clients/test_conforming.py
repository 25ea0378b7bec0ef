"""The checker of the fuzz test reports data that the schema forbids."""

from typing import Any

import pytest
from graphql import build_schema, parse

from tests.clients.conforming import flaws

SCHEMA = build_schema("""
    type Query { thing: Thing, things: [Thing!]! }
    interface Thing { id: ID! }
    type Cat implements Thing { id: ID!, age: Int, mood: Mood!, born: DateTime! }
    type Box implements Thing { id: ID!, isFull: Boolean! }
    enum Mood { GOOD BAD }
    scalar DateTime
""")
DOCUMENT = parse("""
    { thing { ...Cat key: id ... on Box { isFull } } things { id __typename } }
    fragment Cat on Cat { age mood born }
""")
CAT = {"age": 3, "mood": "GOOD", "born": "2030-01-01T12:00:00Z", "key": "a"}
BOX = {"isFull": True, "key": "b"}


@pytest.mark.parametrize("thing", [None, CAT, BOX, {**CAT, "age": None}])
def test_data_that_conforms_has_no_flaws(thing: Any) -> None:
    data = {"thing": thing, "things": [{"id": "a", "__typename": "Cat"}, {"id": "b", "__typename": "Box"}]}
    assert flaws(SCHEMA, DOCUMENT, data) == []


@pytest.mark.parametrize(
    ("thing", "flaw"),
    [
        ([], "data.thing is no object"),
        ({**CAT, "mood": None}, "data.thing.mood is null"),
        ({**CAT, "mood": "SLEEPY"}, "data.thing.mood is no Mood: 'SLEEPY'"),
        ({**CAT, "age": True}, "data.thing.age is no Int: True"),
        ({**CAT, "age": 2**31}, "data.thing.age is no Int: 2147483648"),
        ({**CAT, "born": "2030-01-01T12:00:00"}, "data.thing.born is no DateTime: '2030-01-01T12:00:00'"),
        ({**BOX, "isFull": 1}, "data.thing.isFull is no Boolean: 1"),
        ({**BOX, "key": 7}, "data.thing.key is no ID: 7"),
        ({"key": "b"}, "data.thing has ['key'] where ['age', 'born', 'key', 'mood'] were selected"),
    ],
)
def test_an_object_that_does_not_conform_is_reported(thing: Any, flaw: str) -> None:
    assert flaws(SCHEMA, DOCUMENT, {"thing": thing, "things": []}) == [flaw]


@pytest.mark.parametrize(
    ("things", "flaw"),
    [
        (None, "data.things is null"),
        ({}, "data.things is no list"),
        ([None], "data.things.0 is null"),
        ([{"id": "a", "__typename": "Thing"}], "data.things.0.__typename is no Cat"),
    ],
)
def test_a_list_that_does_not_conform_is_reported(things: Any, flaw: str) -> None:
    assert flaws(SCHEMA, DOCUMENT, {"thing": None, "things": things}) == [flaw]
