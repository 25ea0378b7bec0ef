"""What a document looks like: how deep, how wide, how often the same. Known before it is validated, in linear time.

The fields of an answer are walked level by level as an execution would merge them, with one difference: a fragment
counts as often as it is spread. So one that fans out, or that doubles what is in another, runs into the bound on
selections, whatever becomes of it later. Fragments must be known and free of cycles.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from django.conf import settings
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
)

from api.http.codes import Code
from api.limits.exceeded import exceeded


def has_sound_fragments(document: DocumentNode) -> bool:
    """Whether every fragment that is spread is known, by one name, and none is in itself: what a walk relies on."""
    fragments = [one for one in document.definitions if isinstance(one, FragmentDefinitionNode)]
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    within = {one.name.value: spreads(one.selection_set) for one in fragments}
    spread = set().union(*within.values(), *(spreads(one.selection_set) for one in operations))
    if len(within) < len(fragments) or not spread <= within.keys():
        return False
    try:
        TopologicalSorter(within).prepare()
    except CycleError:
        return False
    return True


def spreads(selection_set: SelectionSetNode) -> set[str]:
    """The names of the fragments that are spread anywhere in here."""
    names, waiting = set(), [selection_set]
    while waiting:
        for selection in waiting.pop().selections:
            if isinstance(selection, FragmentSpreadNode):
                names.add(selection.name.value)
            elif selection.selection_set:  # type: ignore[attr-defined]
                waiting.append(selection.selection_set)  # type: ignore[attr-defined]
    return names


def check_structure(document: DocumentNode) -> None:
    """Raise RequestError, with the limit's name, when the document goes beyond one."""
    walk = Walk(document)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            walk.check_directives(definition)
            walk.definition(definition)
    for fragment in walk.fragments.values():
        walk.check_directives(fragment)
        if fragment.name.value not in walk.reached:  # it will be validated all the same
            walk.definition(fragment)


class Walk:
    def __init__(self, document: DocumentNode) -> None:
        self.fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        self.reached: set[str] = set()
        self.selections = 0
        self.aliases = 0

    def definition(self, node: OperationDefinitionNode | FragmentDefinitionNode) -> None:
        self.aliases = 0
        for variable in node.variable_definitions or ():
            self.check_directives(variable)
            self.check_lists([variable.default_value] if variable.default_value else [])
        # A fragment is as deep as where it is spread, so its depth is that of the operation.
        maximum = settings.GRAPHQL_MAX_DEPTH if isinstance(node, OperationDefinitionNode) else math.inf
        self.levels([[node.selection_set]], maximum=maximum, limit="depth")
        if isinstance(node, OperationDefinitionNode) and node.operation is OperationType.MUTATION:
            most = settings.GRAPHQL_MAX_MUTATIONS
            if self.count(node.selection_set) > most:
                raise exceeded("mutations", most, f"An operation makes at most {most} changes.", node=node)

    def levels(self, level: list[list[SelectionSetNode]], *, maximum: float, limit: str) -> None:
        """Walk down from selections that meet at one place each. Meta-fields have no depth."""
        depth = 0
        while level:
            below = []
            is_deeper = False
            for merged in level:
                for fields in self.merge(merged).values():
                    name = fields[0].name.value
                    selections = [field.selection_set for field in fields if field.selection_set]
                    if name in ("__schema", "__type"):
                        bound = settings.GRAPHQL_MAX_INTROSPECTION_DEPTH
                        self.levels([selections], maximum=bound, limit="introspectionDepth")
                    elif selections:
                        below.append(selections)
                    is_deeper |= not name.startswith("__")
            depth += is_deeper
            if depth > maximum:
                message = f"Fields may be nested {maximum} levels deep at most."
                raise exceeded(limit, int(maximum), message, code=Code.QUERY_TOO_DEEP)
            level = below

    def merge(self, selection_sets: Iterable[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        """The fields by their names in the answer."""
        merged: dict[str, list[FieldNode]] = defaultdict(list)
        waiting = [selection for one in selection_sets for selection in one.selections]
        while waiting:
            selection = waiting.pop()
            self.check_selection(selection)
            if isinstance(selection, FieldNode):
                name = (selection.alias or selection.name).value
                merged[name].append(selection)
                if len(merged[name]) > settings.GRAPHQL_MAX_REPEATS:
                    most = settings.GRAPHQL_MAX_REPEATS
                    raise exceeded(
                        "repeats", most, f"The same field may be selected {most} times at one place at most."
                    )
            elif isinstance(selection, InlineFragmentNode):
                waiting.extend(selection.selection_set.selections)
            else:
                fragment = self.fragments[selection.name.value]  # type: ignore[attr-defined]
                self.reached.add(fragment.name.value)
                waiting.extend(fragment.selection_set.selections)
        return merged

    def check_selection(self, selection: SelectionNode) -> None:
        self.selections += 1
        if self.selections > settings.GRAPHQL_MAX_SELECTIONS:
            most = settings.GRAPHQL_MAX_SELECTIONS
            raise exceeded(
                "selections", most, f"A document selects at most {most} times, a fragment's wherever it is spread."
            )
        self.check_directives(selection)
        if isinstance(selection, FieldNode):
            self.check_lists(argument.value for argument in selection.arguments)
            self.aliases += selection.alias is not None
            if self.aliases > settings.GRAPHQL_MAX_ALIASES:
                most = settings.GRAPHQL_MAX_ALIASES
                raise exceeded("aliases", most, f"An operation has at most {most} aliases.", node=selection)

    def check_directives(self, node: Node) -> None:
        directives = node.directives  # type: ignore[attr-defined]
        if len(directives) > settings.GRAPHQL_MAX_DIRECTIVES:
            most = settings.GRAPHQL_MAX_DIRECTIVES
            raise exceeded("directives", most, f"There are at most {most} directives at one place.", node=node)
        for directive in directives:
            self.check_lists(argument.value for argument in directive.arguments)

    def check_lists(self, values: Iterable[ValueNode]) -> None:
        waiting = list(values)
        while waiting:
            value = waiting.pop()
            if isinstance(value, ListValueNode):
                if len(value.values) > settings.GRAPHQL_MAX_LIST:
                    most = settings.GRAPHQL_MAX_LIST
                    message = f"A list that is given has at most {most} items."
                    raise exceeded("list", most, message, code=Code.BAD_USER_INPUT, node=value)
                waiting.extend(value.values)
            elif isinstance(value, ObjectValueNode):
                waiting.extend(field.value for field in value.fields)

    def count(self, selection_set: SelectionSetNode) -> int:
        """How many fields are selected, in and out of fragments. Only for what has been walked, and so is bounded."""
        number = 0
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                number += 1
            elif isinstance(selection, InlineFragmentNode):
                number += self.count(selection.selection_set)
            else:
                number += self.count(self.fragments[selection.name.value].selection_set)  # type: ignore[attr-defined]
        return number
