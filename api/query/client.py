"""Clients."""

from collections.abc import Awaitable
from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from api.loaders import ClientByIdLoader, PageLoader
from api.query.reservation import ReservationFilter, reservation_criteria
from api.types.connections import BOTH_WAYS, FORWARD, Page, connection_type, page_request, paginate
from api.types.ids import from_global_id
from api.types.node import Node, NodeType
from api.types.ordering import CLIENTS_BY_NAME, RESERVATIONS_BY_START, ReservationOrder, ordering
from reservation import models
from reservation.domain.queries.clients import find_clients


class Client(NodeType):
    """A person who reserves time. Visible to itself, to the providers it has reserved with, and to staff."""

    class Meta:
        model = models.Client
        interfaces = (Node,)
        fields = ("name", "phone", "time_zone")

    email = graphene.String(required=True, description="The address that the client logs in with.")
    reservations = graphene.Field(
        "api.query.reservation.ReservationConnection",
        required=True,
        filter=ReservationFilter(description="Which reservations. Default: all of them."),
        order_by=ReservationOrder(description="Default: by start."),
        **FORWARD,
        description="The client's reservations that the viewer may see.",
    )

    @staticmethod
    def resolve_email(root: models.Client, _info: GraphQLResolveInfo) -> str:
        return root.user.email

    @staticmethod
    def resolve_reservations(
        root: models.Client, info: GraphQLResolveInfo, filter: Any = None, order_by: Any = None, **page: Any
    ) -> Awaitable[Page]:
        found = reservation_criteria(info.context, filter).queryset().filter(client=root)
        request = page_request(ordering(RESERVATIONS_BY_START, order_by), **page)
        return PageLoader.of(info.context).load((found, request))


ClientConnection = connection_type(Client)


class ClientFilter(graphene.InputObjectType):
    """Which clients."""

    search = graphene.String(
        description="A part of the name or of the address, in any case; accents of names do not matter."
    )


class ClientQuery(graphene.ObjectType):
    client = graphene.Field(
        Client,
        id=graphene.ID(required=True, description="The id of a client."),
        description="One client; null when there is none that the viewer may see.",
    )
    clients = graphene.Field(
        ClientConnection,
        required=True,
        filter=ClientFilter(description="Which clients. Default: all of them."),
        **BOTH_WAYS,
        description="All clients, by name. Staff only.",
    )

    @staticmethod
    def resolve_client(_root: None, info: GraphQLResolveInfo, id: str) -> Awaitable[models.Client | None]:
        return ClientByIdLoader.of(info.context).load(from_global_id(id, noun="Client"))

    @staticmethod
    def resolve_clients(_root: None, info: GraphQLResolveInfo, filter: Any = None, **page: Any) -> Page:
        conditions: dict[str, Any] = filter or {}
        found = find_clients(caller=info.context.caller, search=conditions.get("search"))
        return paginate(found, page_request(CLIENTS_BY_NAME, **page))
