"""The limits on the structure of a document: depth, width, repeats. Checked before validation, in linear time.

The fields of the response are walked level by level, and merged as an execution would merge them, except that a
fragment counts as often as it is spread: one that fans out exponentially exceeds the limit on selections early, even if
its fields would be merged. Fragments must be known and free of cycles.
"""

import math
from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings
from graphql import (
    DocumentNode,
    ExecutableDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableDefinitionNode,
)

from api.http.codes import Code
from api.limits.errors import limit_exceeded, list_too_long


def check_structure(document: DocumentNode) -> None:
    """Raise RequestError, with the name of the limit, when the document exceeds one."""
    check = StructureCheck(document)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            check.check_directives(definition)
            check.check_definition(definition)
    for fragment in check.fragments.values():
        check.check_directives(fragment)
        if fragment.name.value not in check.reached:  # validation walks unused fragments too
            check.check_definition(fragment)


class StructureCheck:
    """Walks the definitions of one document, and counts what is limited."""

    def __init__(self, document: DocumentNode) -> None:
        self.fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        self.reached: set[str] = set()
        self.selections = 0
        self.aliases = 0

    def check_definition(self, node: OperationDefinitionNode | FragmentDefinitionNode) -> None:
        self.aliases = 0
        for variable in node.variable_definitions or ():
            self.check_directives(variable)
            self.check_lists([variable.default_value] if variable.default_value else [])
        # The depth of a fragment counts where it is spread, so only operations have a maximum.
        maximum = settings.GRAPHQL_MAX_DEPTH if isinstance(node, OperationDefinitionNode) else math.inf
        self.check_levels([[node.selection_set]], maximum=maximum, limit="depth")
        if isinstance(node, OperationDefinitionNode) and node.operation is OperationType.MUTATION:
            most = settings.GRAPHQL_MAX_MUTATIONS
            if self.count(node.selection_set) > most:
                raise limit_exceeded("mutations", most, f"An operation makes at most {most} changes.", node=node)

    def check_levels(self, level: list[list[SelectionSetNode]], *, maximum: float, limit: str) -> None:
        """Walk down from these selections, which are merged per place. Meta-fields do not count for the depth."""
        depth = 0
        while level:
            below: list[list[SelectionSetNode]] = []
            is_deeper = False
            for merged in level:
                for fields in self.merge(merged).values():
                    name = fields[0].name.value
                    selections = [field.selection_set for field in fields if field.selection_set]
                    if name in ("__schema", "__type"):
                        bound = settings.GRAPHQL_MAX_INTROSPECTION_DEPTH
                        self.check_levels([selections], maximum=bound, limit="introspectionDepth")
                    elif selections:
                        below.append(selections)
                    is_deeper |= not name.startswith("__")
            depth += is_deeper
            if depth > maximum:
                message = f"Fields may be nested {maximum} levels deep at most."
                raise limit_exceeded(limit, int(maximum), message, code=Code.QUERY_TOO_DEEP)
            level = below

    def merge(self, selection_sets: Iterable[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        """The selected fields by their keys in the response."""
        merged: dict[str, list[FieldNode]] = defaultdict(list)
        waiting = [selection for one in selection_sets for selection in one.selections]
        while waiting:
            selection = waiting.pop()
            self.check_selection(selection)
            if isinstance(selection, FieldNode):
                name = (selection.alias or selection.name).value
                merged[name].append(selection)
                if len(merged[name]) > settings.GRAPHQL_MAX_REPEATS:
                    maximum = settings.GRAPHQL_MAX_REPEATS
                    raise limit_exceeded(
                        "repeats", maximum, f"The same field may be selected {maximum} times at one place at most."
                    )
            elif isinstance(selection, InlineFragmentNode):
                waiting.extend(selection.selection_set.selections)
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self.fragments[selection.name.value]
                self.reached.add(fragment.name.value)
                waiting.extend(fragment.selection_set.selections)
        return merged

    def check_selection(self, selection: SelectionNode) -> None:
        self.selections += 1
        if self.selections > settings.GRAPHQL_MAX_SELECTIONS:
            maximum = settings.GRAPHQL_MAX_SELECTIONS
            message = f"A document selects at most {maximum} times, counting a fragment wherever it is spread."
            raise limit_exceeded("selections", maximum, message)
        self.check_directives(selection)
        if isinstance(selection, FieldNode):
            self.check_lists(argument.value for argument in selection.arguments)
            self.aliases += selection.alias is not None
            if self.aliases > settings.GRAPHQL_MAX_ALIASES:
                maximum = settings.GRAPHQL_MAX_ALIASES
                raise limit_exceeded("aliases", maximum, f"An operation has at most {maximum} aliases.", node=selection)

    def check_directives(self, node: ExecutableDefinitionNode | VariableDefinitionNode | SelectionNode) -> None:
        directives = node.directives
        if len(directives) > settings.GRAPHQL_MAX_DIRECTIVES:
            maximum = settings.GRAPHQL_MAX_DIRECTIVES
            message = f"There are at most {maximum} directives at one place."
            raise limit_exceeded("directives", maximum, message, node=node)
        for directive in directives:
            self.check_lists(argument.value for argument in directive.arguments)

    def check_lists(self, values: Iterable[ValueNode]) -> None:
        waiting = list(values)
        while waiting:
            value = waiting.pop()
            if isinstance(value, ListValueNode):
                if len(value.values) > settings.GRAPHQL_MAX_LIST:
                    raise list_too_long(value)
                waiting.extend(value.values)
            elif isinstance(value, ObjectValueNode):
                waiting.extend(field.value for field in value.fields)

    def count(self, selection_set: SelectionSetNode) -> int:
        """How many fields are selected, including those of fragments. The walk has bounded their number before."""
        number = 0
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                number += 1
            elif isinstance(selection, InlineFragmentNode):
                number += self.count(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode):
                number += self.count(self.fragments[selection.name.value].selection_set)
        return number
