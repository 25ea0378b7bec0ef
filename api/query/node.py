"""Objects of any type by their global id."""

from collections.abc import Awaitable
from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from api.http.errors import BadUserInput
from api.loaders import (
    AppointmentByIdLoader,
    ClientByIdLoader,
    ProviderByIdLoader,
    ReservationByIdLoader,
    ServiceByIdLoader,
)
from api.loaders.base import Loader
from api.types.ids import split_global_id
from api.types.node import Node
from reservation.domain.errors import InvalidInput

LOADERS: dict[str, type[Loader[int, Any]]] = {
    "Appointment": AppointmentByIdLoader,
    "Client": ClientByIdLoader,
    "Provider": ProviderByIdLoader,
    "Reservation": ReservationByIdLoader,
    "Service": ServiceByIdLoader,
}
MAX_NODES = 100


def load_node(info: GraphQLResolveInfo, global_id: str) -> Awaitable[Any]:
    """The object with this id, if the caller may see it. Raises InvalidInput for an invalid id."""
    noun, key = split_global_id(global_id)
    if noun not in LOADERS:
        raise InvalidInput("This is not an id.")
    return LOADERS[noun].of(info.context).load(key)


def load_node_or_error(info: GraphQLResolveInfo, global_id: str) -> Any:
    """As `load_node`, but an invalid id returns an error, so that the other objects are returned all the same."""
    try:
        return load_node(info, global_id)
    except InvalidInput as error:
        return BadUserInput(error.message)


class NodeQuery(graphene.ObjectType):
    node = graphene.Field(
        Node,
        id=graphene.ID(required=True, description="The id of any object."),
        description="The object with this id; null when there is none that the viewer may see.",
    )
    nodes = graphene.List(
        Node,
        required=True,
        ids=graphene.List(graphene.NonNull(graphene.ID), required=True, description=f"At most {MAX_NODES} ids."),
        description="The objects with these ids, in their order; null for those that the viewer may not see.",
    )

    @staticmethod
    def resolve_node(_root: None, info: GraphQLResolveInfo, id: str) -> Awaitable[Any]:
        return load_node(info, id)

    @staticmethod
    def resolve_nodes(_root: None, info: GraphQLResolveInfo, ids: list[str]) -> list[Any]:
        if len(ids) > MAX_NODES:
            raise BadUserInput(f"Ask for at most {MAX_NODES} nodes at once.")
        return [load_node_or_error(info, one) for one in ids]
