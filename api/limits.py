"""What a document may be at most, known before anything of it is executed."""

from typing import Any

from django.conf import settings
from graphql import FieldNode, FragmentSpreadNode, GraphQLError, SelectionSetNode, ValidationRule

from api.errors import Code


class MaxDepthRule(ValidationRule):
    """Refuse operations whose fields are nested too deeply. Introspection has a bound of its own.

    Each fragment is measured once, however often it is spread; cycles and unknown fragments are for other rules.
    """

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self.fragment_depths: dict[str, int] = {}

    def enter_operation_definition(self, node: Any, *_args: Any) -> None:
        depth = self.depth(node.selection_set)
        if depth > settings.GRAPHQL_MAX_DEPTH:
            message = f"Fields are nested {depth} levels deep: {settings.GRAPHQL_MAX_DEPTH} are the most."
            self.report_error(GraphQLError(message, node, extensions={"code": Code.QUERY_TOO_DEEP.value}))

    def depth(self, selection_set: SelectionSetNode | None) -> int:
        if selection_set is None:
            return 0
        return max(map(self.selection_depth, selection_set.selections), default=0)

    def selection_depth(self, selection: Any) -> int:
        if isinstance(selection, FieldNode):
            return 0 if selection.name.value.startswith("__") else 1 + self.depth(selection.selection_set)
        if isinstance(selection, FragmentSpreadNode):
            return self.fragment_depth(selection.name.value)
        return self.depth(selection.selection_set)

    def fragment_depth(self, name: str) -> int:
        if name not in self.fragment_depths:
            self.fragment_depths[name] = 0  # what a cycle finds
            fragment = self.context.get_fragment(name)
            self.fragment_depths[name] = self.depth(fragment.selection_set) if fragment else 0
        return self.fragment_depths[name]
