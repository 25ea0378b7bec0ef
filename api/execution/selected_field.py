"""A selected field without its resolver and completer: what the `info` of resolvers and error messages need of it."""

from typing import Any

from graphql import FieldNode, GraphQLObjectType
from graphql.pyutils import Path


class SelectedField:
    """One key of the response at one place of the operation; compared by identity."""

    def __init__(
        self, key: str, nodes: list[FieldNode], definition: Any, parent_type: GraphQLObjectType, path: Path | None
    ) -> None:
        self.key = key
        self.name = nodes[0].name.value
        self.nodes = nodes
        self.definition = definition
        self.parent_type = parent_type
        self.path = Path(path, key, parent_type.name)
