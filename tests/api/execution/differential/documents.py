"""Random operations on the schema of the world: fragments, directives, aliases, arguments and variables."""

import random
from typing import Any

from graphql import (
    get_named_type,
    is_abstract_type,
    is_enum_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_union_type,
)

from tests.api.execution.differential.world import schema

VARIABLES = {
    "i": ("Int", (1, None)),
    "in": ("Int!", (1, 2)),
    "id": ("Int = 9", (1, None)),
    "b": ("Boolean!", (True, False)),
    "bd": ("Boolean = true", (True, False, None)),
    "c": ("Color", ("RED", None)),
    "f": ("Filter", ({"a": 1}, {"a": 2, "next": {"a": 3}}, None)),
    "l": ("[Int!]", ([1, 2], 3, None)),
    "s": ("[String!]", (["q"], None)),
}
FITTING = {"x": ("i", "in", "id"), "nn": ("in", "id"), "in": ("f",), "c": ("c",), "l": ("l",)}
"""Which variables may stand for which argument."""


def random_variables(chance: random.Random) -> dict[str, Any]:
    """Values for the variables, sometimes invalid ones."""
    given = {
        name: chance.choice(values)
        for name, (_, values) in VARIABLES.items()
        if name in ("in", "b") or chance.random() < 0.7
    }
    if chance.random() < 0.03:
        given[chance.choice(list(VARIABLES))] = chance.choice(["bad", {"z": 1}])
    return given


class Author:
    """Writes one document."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.fragments: dict[str, tuple[str, str | None]] = {}
        self.used: set[str] = set()

    def document(self) -> str:
        kind = "mutation" if self.chance.random() < 0.2 else "query"
        root = schema.mutation_type if kind == "mutation" else schema.query_type
        body = self.selection_set(root, self.chance.choice([1, 2, 3, 4, 5]))
        fragments = "".join(f"\nfragment {name} on {type_} {text}" for name, (type_, text) in self.fragments.items())
        used = [f"${name}: {VARIABLES[name][0]}" for name in sorted(self.used) if f"${name}" in body + fragments]
        variables = f"({', '.join(used)})" if used else ""
        other = "\nquery Other { __typename }" if self.chance.random() < 0.1 else ""
        return f"{kind} Op{variables} {body}{fragments}{other}"

    def selection_set(self, type_: Any, depth: int) -> str:
        chance, parts = self.chance, []
        for _ in range(chance.choice([1, 2, 2, 3, 4])):
            kind = chance.random()
            if kind < 0.15 and depth > 0:
                target = chance.choice(self.related(type_))
                body = self.selection_set(target, depth - 1)
                condition = f" on {target.name}" if target is not type_ or chance.random() < 0.5 else ""
                parts.append(f"...{condition}{self.directives()} {body}")
            elif kind < 0.27 and depth > 0:
                parts.append(f"...{self.fragment(chance.choice(self.related(type_)), depth)}{self.directives()}")
            elif is_union_type(type_) or kind < 0.35:
                parts.append(chance.choice(["", "t: "]) + f"__typename{self.directives()}")
            else:
                parts.append(self.field(type_, depth))
        return "{ " + " ".join(parts) + " }"

    def fragment(self, type_: Any, depth: int) -> str:
        """The name of a fragment on this type, which may be new."""
        old = [name for name, (on, text) in self.fragments.items() if on == type_.name and text]
        if old and self.chance.random() < 0.5:
            return self.chance.choice(old)
        name = f"F{len(self.fragments)}"
        self.fragments[name] = type_.name, None
        self.fragments[name] = type_.name, self.selection_set(type_, depth - 1)
        return name

    def related(self, type_: Any) -> list[Any]:
        if is_abstract_type(type_):
            return [type_, *schema.get_possible_types(type_)]
        return [type_, *getattr(type_, "interfaces", ())]

    def field(self, type_: Any, depth: int) -> str:
        names = list(type_.fields)
        if depth <= 0:
            names = [name for name in names if is_leaf_type(get_named_type(type_.fields[name].type))]
        if not names:
            return "__typename"
        name = self.chance.choice(names)
        arguments = self.arguments(type_.fields[name])
        alias = ""
        if arguments or self.chance.random() < 0.15:
            alias = f"{name}_{self.chance.randrange(10**9) if arguments else self.chance.choice('ab')}: "
        target = get_named_type(type_.fields[name].type)
        body = "" if is_leaf_type(target) else " " + self.selection_set(target, depth - 1)
        return f"{alias}{name}{arguments}{self.directives()}{body}"

    def directives(self) -> str:
        written = ""
        for name, likely in (("skip", "false"), ("include", "true")):
            if self.chance.random() < 0.12:
                value = self.chance.choice(["true", "false", likely, self.variable(self.chance.choice(["b", "bd"]))])
                written += f" @{name}(if: {value})"
        if self.chance.random() < 0.03:
            written += f" @custom(x: {self.chance.choice(['1', self.variable('i')])})"
        return written

    def arguments(self, field: Any) -> str:
        parts = []
        for name, argument in field.args.items():
            if self.chance.random() < 0.45:
                choices = [self.literal(argument.type), self.variable(self.chance.choice(FITTING[name]))]
                if not is_non_null_type(argument.type):
                    choices.append("null")
                parts.append(f"{name}: {self.chance.choice(choices)}")
        return f"({', '.join(parts)})" if parts else ""

    def variable(self, name: str) -> str:
        self.used.add(name)
        return f"${name}"

    def literal(self, type_: Any) -> str:
        chance = self.chance
        if is_non_null_type(type_):
            return self.literal(type_.of_type)
        if is_list_type(type_):
            return "[" + ", ".join(self.literal(type_.of_type) for _ in range(chance.randrange(3))) + "]"
        if is_enum_type(type_):
            return chance.choice(["RED", "GREEN", "BLUE"])
        if is_input_object_type(type_):
            parts = [f"a: {chance.choice(['1', self.variable('in')])}"]
            if chance.random() < 0.4:
                parts.append(f"b: {chance.choice([self.literal(type_.fields['b'].type), self.variable('s')])}")
            if chance.random() < 0.3:
                parts.append(f"next: {chance.choice(['null', '{a: 2}', self.variable('f')])}")
            return "{" + ", ".join(parts) + "}"
        return {"Int": "5", "String": '"t"'}[type_.name]
