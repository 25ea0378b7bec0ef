"""Whether the fragments of a document can be walked safely."""

from graphlib import CycleError, TopologicalSorter

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)


def has_sound_fragments(document: DocumentNode) -> bool:
    """Whether every fragment that is spread is defined, names are unique, and none contains itself."""
    fragments = [one for one in document.definitions if isinstance(one, FragmentDefinitionNode)]
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    within = {one.name.value: spread_names(one.selection_set) for one in fragments}
    spread = set[str]().union(*within.values(), *(spread_names(one.selection_set) for one in operations))
    if len(within) < len(fragments) or not spread <= within.keys():
        return False
    try:
        TopologicalSorter(within).prepare()
    except CycleError:
        return False
    return True


def spread_names(selection_set: SelectionSetNode) -> set[str]:
    """The names of all fragments that are spread in this selection set, at any depth."""
    names: set[str] = set()
    pending = [selection_set]
    while pending:
        for selection in pending.pop().selections:
            if isinstance(selection, FragmentSpreadNode):
                names.add(selection.name.value)
            elif isinstance(selection, FieldNode | InlineFragmentNode) and selection.selection_set:
                pending.append(selection.selection_set)
    return names
