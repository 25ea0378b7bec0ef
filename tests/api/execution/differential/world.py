"""A schema with every kind of type, and a world in which every outcome follows from a seed.

Whether a resolver returns a value, null, an error or something invalid depends on the seed, the field, its source and
its arguments, so every executor sees the same. How it is delivered (plainly, by a loader, as a coroutine, or in a list
of those) must make no difference.
"""

import datetime
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from aiodataloader import DataLoader
from graphql import (
    GraphQLError,
    GraphQLResolveInfo,
    Undefined,
    build_schema,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

SDL = """
directive @custom(x: Int) on FIELD
scalar JSON
scalar Date
enum Color { RED GREEN BLUE }
input Filter { a: Int!, b: [String!] = ["x"], c: Color = RED, next: Filter }
interface Node { id: ID!, node: Node, label(x: Int = 3): String }
interface Named implements Node { id: ID!, node: Node, label(x: Int = 3): String, name: String! }
type User implements Node & Named {
  id: ID!, node: Node, label(x: Int = 3): String, name: String!
  age: Int, score: Float!, ok: Boolean, color: Color, colors: [Color!], json: JSON, date: Date!
  friend: User, friendNN: User!, friends: [User], friendsNN: [User!]!, pet: Pet, pets: [Pet!]
  matrix: [[Int]], matrixNN: [[Int!]!]!, any: Any, anys: [Any!], grid: [[User!]]
  echo(x: Int = 3, nn: Int! = 4, in: Filter, c: Color, l: [Int!]): String
}
interface Pet implements Node { id: ID!, node: Node, label(x: Int = 3): String, owner: User! }
type Dog implements Node & Named & Pet {
  id: ID!, node: Node, label(x: Int = 3): String, name: String!, owner: User!, barks: Boolean!
}
type Cat implements Node & Pet {
  id: ID!, node: Node, label(x: Int = 3): String, owner: User!, lives: Int!, kittens: [Cat!]
}
type Stone { id: ID!, weight: Float }
union Any = User | Dog | Cat | Stone
type Query {
  user(x: Int = 3): User, userNN: User!, users(x: Int = 3): [User], node: Node, nodes: [Node!], any: Any
  anys: [Any], pets: [Pet!]!, echo(x: Int = 3, nn: Int! = 4, in: Filter, c: Color, l: [Int!]): String
  query: Query
}
type Mutation { act(x: Int = 3): User, actNN(x: Int = 3): User!, bump: Int! }
"""
OBJECTS = ("User", "Dog", "Cat", "Stone")
DELIVERIES = ("plainly", "plainly", "by a loader", "as a coroutine", "after a loader", "in a list")


@dataclass(frozen=True)
class Thing:
    kind: str
    id: int

    def __repr__(self) -> str:
        return f"{self.kind}{self.id}"


class Animal(Thing):
    """Dogs and cats have one class, so the class does not decide the GraphQL type."""

    __repr__ = Thing.__repr__


class Lazy:
    """Iterable, but not a list, like a QuerySet."""

    def __init__(self, items: Iterable[Any]) -> None:
        self.items = list(items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)


THINGS = {
    (kind, number): (Animal if kind in ("Dog", "Cat") else Thing)(kind, number)
    for kind in OBJECTS
    for number in range(4)
}
LEAVES: dict[str, tuple[Any, ...]] = {
    "ID": ("a", 7, 1.0),
    "String": ("s", "", 5, True),
    "Int": (0, 1, -5, 2**31 - 1, 2.0, True, "12"),
    "Float": (1.5, 0.0, 3, True, "1e3"),
    "Boolean": (True, False, 1, 0.0),
    "JSON": ({"a": [1, None]}, [1], "x", 1),
    "Date": tuple(datetime.date(2020, 1, day) for day in (1, 15, 28)),
    "Color": ("RED", "GREEN", "BLUE"),
}
WRONG = (ValueError("returned"), object, [1], "bad", 3.5, {"a": 1}, 2**40)


class Box:
    """A loader key, compared by identity, so that no two are equal."""

    def __init__(self, value: Any) -> None:
        self.value = value


class BoxLoader(DataLoader):  # type: ignore[misc]
    cache = False

    async def batch_load_fn(self, keys: list[Box]) -> list[Any]:
        return [key.value for key in keys]


class World:
    """error_rate: the probability of errors and invalid values. loop: the loop of loaders; without one all is plain."""

    def __init__(self, seed: float, error_rate: float, loop: Any = None) -> None:
        self.seed = seed
        self.error_rate = error_rate
        self.loader = None if loop is None else BoxLoader(loop=loop)
        self.changes = 0

    def chance(self, *key: Any) -> random.Random:
        return random.Random(repr((self.seed, key)))

    # --- Outcomes --------------------------------------------------------------------------------------------------

    def outcome(self, type_: Any, key: Any) -> Any:
        """The outcome of a resolver: the value to return, or the exception to raise."""
        chance = self.chance(key)
        if chance.random() < self.error_rate:
            return chance.choice([ValueError(f"boom {key}"), GraphQLError(f"gql {key}", extensions={"code": 7})])
        return self.value(type_, chance, key)

    def value(self, type_: Any, chance: random.Random, key: Any) -> Any:
        if is_non_null_type(type_):
            is_null = chance.random() < self.error_rate / 3
            return None if is_null else self.value(type_.of_type, chance, key)
        if chance.random() < 0.15 + self.error_rate:
            return chance.choice([None, None, Undefined])
        if chance.random() < self.error_rate:
            return chance.choice(WRONG)
        if is_list_type(type_):
            items = [self.value(type_.of_type, chance, key) for _ in range(chance.choice([0, 1, 2, 3, 5]))]
            return chance.choice([list, tuple, Lazy, list])(items)
        if is_leaf_type(type_):
            return chance.choice(LEAVES[type_.name])
        if is_object_type(type_):
            return THINGS[type_.name, chance.randrange(4)] if type_.name in OBJECTS else "root"
        if chance.random() < self.error_rate:  # a type that is not possible here
            return chance.choice(list(THINGS.values()))
        return THINGS[chance.choice(schema.get_possible_types(type_)).name, chance.randrange(4)]

    # --- Delivery --------------------------------------------------------------------------------------------------

    def resolve(self, source: Any, info: GraphQLResolveInfo, arguments: dict[str, Any]) -> Any:
        key: tuple[Any, ...] = (info.parent_type.name, info.field_name, repr(source), repr(arguments))
        if info.parent_type.name == "Mutation":
            self.changes += 1
            key += (self.changes,)
        if info.field_name == "echo" and self.chance(key).random() > self.error_rate:
            return repr(arguments)
        result = self.outcome(info.return_type, key)
        how = "plainly" if self.loader is None else self.chance("how", key).choice(DELIVERIES)
        type_ = info.return_type.of_type if is_non_null_type(info.return_type) else info.return_type
        if how == "in a list" and not (is_list_type(type_) and isinstance(result, list | tuple)):
            how = "plainly"
        if how == "plainly":
            if isinstance(result, Exception):
                raise result
            return result
        assert self.loader is not None
        if how == "by a loader":
            return self.loader.load(Box(result))
        if how == "in a list":
            return [
                self.loader.load(Box(item)) if place % 2 else self.later(item, is_read=bool(place))
                for place, item in enumerate(result)
            ]
        return self.later(result, is_read=how == "after a loader")

    async def later(self, result: Any, *, is_read: bool) -> Any:
        if is_read:
            assert self.loader is not None
            await self.loader.load(Box(None))
        if isinstance(result, Exception):
            raise result
        return result

    def is_type_of(self, type_name: str, value: Any) -> Any:
        if self.chance("is_type_of", type_name, repr(value)).random() < self.error_rate / 4:
            raise ValueError(f"is_type_of {type_name} {value!r}")
        return getattr(value, "kind", None) == type_name

    def type_of(self, value: Any, type_name: str) -> Any:
        chance = self.chance("resolve_type", type_name, repr(value))
        if chance.random() < self.error_rate / 2:
            return chance.choice([None, "Nope", "Query", "Color", 5])
        if chance.random() < self.error_rate / 4:
            raise ValueError("resolve_type")
        return getattr(value, "kind", None)

    def deliver(self, key: str, function: Any, *arguments: Any) -> Any:
        """The result about a type, sometimes as a coroutine; never in default_type_resolver, where order matters."""
        is_plain = self.loader is None or (self.error_rate and key.startswith("is"))
        if is_plain or self.chance("deliver", key, repr(arguments)).random() < 0.7:
            return function(*arguments)

        async def delivered() -> Any:
            return function(*arguments)

        return delivered()


def serialize_date(value: Any) -> str:
    if not isinstance(value, datetime.date):
        raise GraphQLError(f"Date cannot represent {value!r}", extensions={"code": "DATE"})
    return value.isoformat()


def make_schema() -> Any:
    schema = build_schema(SDL)
    schema.type_map["Date"].serialize = serialize_date  # type: ignore[attr-defined]
    for type_ in schema.type_map.values():
        if type_.name.startswith("__"):
            continue
        if is_object_type(type_):
            for field in type_.fields.values():  # type: ignore[attr-defined]
                field.resolve = lambda source, info, **arguments: info.context.resolve(source, info, arguments)
            if type_.name in OBJECTS:
                type_.is_type_of = lambda value, info, name=type_.name: info.context.deliver(  # type: ignore[attr-defined]
                    f"is {name}", info.context.is_type_of, name, value
                )
        elif is_abstract_type(type_) and type_.name != "Pet":  # Pet uses graphql-core's default type resolver
            type_.resolve_type = lambda value, info, abstract: info.context.deliver(  # type: ignore[attr-defined]
                "type", info.context.type_of, value, abstract.name
            )
    schema.type_map["Dog"].is_type_of = lambda value, info: info.context.is_type_of("Dog", value)  # type: ignore[attr-defined]
    return schema


schema = make_schema()
