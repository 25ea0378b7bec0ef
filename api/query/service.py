"""Services."""

from collections.abc import Awaitable
from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from api.loaders import PageLoader, ServiceByIdLoader
from api.types.connections import BOTH_WAYS, FORWARD, Page, connection_type, page_request, paginate
from api.types.ids import IdOf, decode_ids, from_global_id
from api.types.node import Node, NodeType
from api.types.ordering import PROVIDERS_BY_NAME, SERVICES_BY_NAME
from reservation import models
from reservation.domain.queries.services import find_services
from reservation.models.public import public_fields


class Service(NodeType):
    """What a provider can be reserved for: it takes one appointment, or a run of consecutive ones."""

    class Meta:
        model = models.Service
        interfaces = (Node,)
        fields = public_fields(models.Service)[1:]  # the id is that of Node

    providers = graphene.Field(
        "api.query.provider.ProviderConnection",
        required=True,
        **FORWARD,
        description="The providers who offer it, by name.",
    )

    @staticmethod
    def resolve_providers(root: models.Service, info: GraphQLResolveInfo, **page: Any) -> Awaitable[Page]:
        return PageLoader.of(info.context).load((root.providers.all(), page_request(PROVIDERS_BY_NAME, **page)))


ServiceConnection = connection_type(Service)


class ServiceFilter(graphene.InputObjectType):
    """Which services; all conditions hold at once."""

    search = graphene.String(description="A part of the name, in any case; accents do not matter.")
    provider_id = IdOf("Provider", description="Offered by this provider.")


class ServiceQuery(graphene.ObjectType):
    service = graphene.Field(
        Service,
        id=graphene.ID(required=True, description="The id of a service."),
        description="One service; null when there is none with this id.",
    )
    services = graphene.Field(
        ServiceConnection,
        required=True,
        filter=ServiceFilter(description="Which services. Default: all of them."),
        **BOTH_WAYS,
        description="All services, by name.",
    )

    @staticmethod
    def resolve_service(_root: None, info: GraphQLResolveInfo, id: str) -> Awaitable[models.Service | None]:
        return ServiceByIdLoader.of(info.context).load(from_global_id(id, noun="Service"))

    @staticmethod
    def resolve_services(_root: None, _info: GraphQLResolveInfo, filter: Any = None, **page: Any) -> Page:
        decoded = decode_ids(ServiceFilter, filter or {})
        found = find_services(search=decoded.get("search"), provider_id=decoded.get("provider_id"))
        return paginate(found, page_request(SERVICES_BY_NAME, **page))
