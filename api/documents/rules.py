"""The rules that documents are validated by: what each of them looks at is found out once, not at each document."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from graphql import ASTValidationRule, Visitor
from graphql.language.visitor import EnterLeaveVisitor

NOTHING = EnterLeaveVisitor(None, None)


def prepared(rules: Iterable[type[ASTValidationRule]]) -> tuple[type[ASTValidationRule], ...]:
    """The same rules, by the same names."""
    return tuple(type(rule.__name__, (Prepared, rule), {}) for rule in rules)


class Prepared(Visitor):
    """A visitor whose methods for a kind of nodes are looked up once a class."""

    def get_enter_leave_for_kind(self, kind: str) -> EnterLeaveVisitor:
        methods = methods_for(type(self), kind)  # type: ignore[arg-type]  # a class can be hashed, as any
        return EnterLeaveVisitor(*(method and method.__get__(self) for method in methods)) if methods else NOTHING


@cache
def methods_for(visitor: type[Any], kind: str) -> tuple[Callable[..., Any] | None, ...]:
    """What this class does when it enters a node of this kind, and when it leaves it; nothing when it does neither."""
    found = tuple(getattr(visitor, f"{way}_{kind}", None) or getattr(visitor, way, None) for way in ("enter", "leave"))
    return found if any(found) else ()
