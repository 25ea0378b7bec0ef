"""The rules that documents are validated by, as one: which of them look at a kind of nodes is found out once.

graphql-core asks each of its rules for each kind in each document, and calls all of them at each node.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, ClassVar

from graphql import BREAK, SKIP, ASTValidationRule, Node, ValidationContext, Visitor
from graphql.language.visitor import EnterLeaveVisitor

Method = Callable[..., Any]


def together(rules: Iterable[type[ASTValidationRule]]) -> type[ASTValidationRule]:
    """A rule that is all of these."""
    return type("Together", (Together,), {"rules": tuple(rules)})


class Together(ASTValidationRule):
    """Visits as graphql-core's ParallelVisitor does, for visitors that change nothing."""

    rules: ClassVar[tuple[type[Any], ...]]
    context: ValidationContext

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.visitors: list[Visitor] = [rule(context) for rule in self.rules]
        self.skipped: list[Any] = [None] * len(self.visitors)

    def get_enter_leave_for_kind(self, kind: str) -> EnterLeaveVisitor:
        if kind not in self.enter_leave_map:
            visitors = [
                (number, enter and enter.__get__(self.visitors[number]), leave and leave.__get__(self.visitors[number]))
                for number, (enter, leave) in enumerate_methods(self.rules, kind)
            ]
            self.enter_leave_map[kind] = self.visit_with(visitors) if visitors else EnterLeaveVisitor(None, None)
        return self.enter_leave_map[kind]

    def visit_with(self, visitors: list[tuple[int, Method | None, Method | None]]) -> EnterLeaveVisitor:
        skipped = self.skipped

        def enter(node: Node, *arguments: Any) -> None:
            for number, method, _ in visitors:
                if method and skipped[number] is None:
                    answer = method(node, *arguments)
                    if answer is SKIP or answer is False:
                        skipped[number] = node
                    elif answer is BREAK or answer is True:
                        skipped[number] = BREAK

        def leave(node: Node, *arguments: Any) -> None:
            for number, _, method in visitors:
                if skipped[number] is node:
                    skipped[number] = None
                elif method and skipped[number] is None and method(node, *arguments) in (BREAK, True):
                    skipped[number] = BREAK

        return EnterLeaveVisitor(enter, leave)


@cache
def enumerate_methods(rules: tuple[Any, ...], kind: str) -> list[tuple[int, list[Method | None]]]:
    """Of those rules that look at nodes of this kind, their numbers, and what they do on entering and leaving one."""
    ways = [[getattr(rule, f"{way}_{kind}", getattr(rule, way, None)) for way in ("enter", "leave")] for rule in rules]
    return [(number, methods) for number, methods in enumerate(ways) if any(methods)]
