"""The interface and the base class of types with a global id."""

from typing import Any

import graphene
from graphene_django import DjangoObjectType
from graphql import GraphQLResolveInfo

from api.execution import decided_by_class, resolves_column
from api.types.ids import to_global_id


class Node(graphene.Interface):
    """An object that can be found again by its id."""

    id = graphene.ID(required=True, description="Opaque, and the same for as long as the object exists.")


def ids_of(sources: list[Any], _types: set[type], info: GraphQLResolveInfo) -> list[str]:
    """The global ids of these rows."""
    noun = info.parent_type.name
    return [to_global_id(noun, source.id) for source in sources]


class NodeType(DjangoObjectType, abstract=True):
    """A type of a model's objects: types, nullability and descriptions of its plain fields are those of the model."""

    @classmethod
    @decided_by_class
    def is_type_of(cls, root: Any, _info: GraphQLResolveInfo) -> bool:
        return isinstance(root, cls._meta.model)

    @staticmethod
    @resolves_column(ids_of)
    def resolve_id(root: Any, info: GraphQLResolveInfo) -> str:
        return to_global_id(info.parent_type.name, root.pk)
