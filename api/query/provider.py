"""Providers."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from api.loaders import CriteriaPageLoader, PageLoader, ProviderByIdLoader
from api.loaders.base import then
from api.query.appointment import MAX_DAYS, open_appointment_criteria
from api.types.connections import BOTH_WAYS, FORWARD, Page, connection_type, page_request, paginate
from api.types.ids import IdOf, decode_ids, from_global_id
from api.types.node import Node, NodeType
from api.types.ordering import APPOINTMENTS_BY_START, PROVIDERS_BY_NAME, SERVICES_BY_NAME, ProviderOrder, ordering
from api.types.scalars import DateTime
from reservation import models
from reservation.domain.queries.providers import find_providers
from reservation.models.public import public_fields


class Provider(NodeType):
    """A person who offers time."""

    class Meta:
        model = models.Provider
        interfaces = (Node,)
        fields = public_fields(models.Provider)[1:]  # the id is that of Node

    services = graphene.Field(
        "api.query.service.ServiceConnection",
        required=True,
        **FORWARD,
        description="What the provider can be reserved for, by name.",
    )
    open_appointments = graphene.Field(
        "api.query.appointment.AppointmentConnection",
        required=True,
        starts_from=DateTime(required=True, description="Not before this instant."),
        starts_before=DateTime(required=True, description=f"Before this instant, at most {MAX_DAYS} days later."),
        service_id=graphene.ID(description="Only appointments that begin a run long enough for this service."),
        **FORWARD,
        description="The provider's appointments that can be reserved right now, in order of start.",
    )

    @staticmethod
    def resolve_services(root: models.Provider, info: GraphQLResolveInfo, **page: Any) -> Awaitable[Page]:
        return PageLoader.of(info.context).load((root.services.all(), page_request(SERVICES_BY_NAME, **page)))

    @staticmethod
    def resolve_open_appointments(
        root: models.Provider,
        info: GraphQLResolveInfo,
        starts_from: datetime,
        starts_before: datetime,
        service_id: str | None = None,
        **page: Any,
    ) -> Page | Awaitable[Page]:
        request = page_request(APPOINTMENTS_BY_START, **page)
        criteria = open_appointment_criteria(
            info.context,
            starts_from=starts_from,
            starts_before=starts_before,
            provider_ids=(root.pk,),
            service_id=None if service_id is None else from_global_id(service_id, noun="Service", field="service_id"),
        )
        return then(criteria, lambda found: CriteriaPageLoader.of(info.context).load((found, request)))


ProviderConnection = connection_type(Provider)


class ProviderFilter(graphene.InputObjectType):
    """Which providers; all conditions hold at once."""

    search = graphene.String(description="A part of the name, in any case; accents do not matter.")
    service_id = IdOf("Service", description="Who offer this service.")
    is_active = graphene.Boolean(description="Whether their time can be reserved.")


class ProviderQuery(graphene.ObjectType):
    provider = graphene.Field(
        Provider,
        id=graphene.ID(required=True, description="The id of a provider."),
        description="One provider; null when there is none with this id.",
    )
    providers = graphene.Field(
        ProviderConnection,
        required=True,
        filter=ProviderFilter(description="Which providers. Default: all of them."),
        order_by=ProviderOrder(description="Default: by name."),
        **BOTH_WAYS,
        description="All providers, by name unless ordered otherwise.",
    )

    @staticmethod
    def resolve_provider(_root: None, info: GraphQLResolveInfo, id: str) -> Awaitable[models.Provider | None]:
        return ProviderByIdLoader.of(info.context).load(from_global_id(id, noun="Provider"))

    @staticmethod
    def resolve_providers(
        _root: None, _info: GraphQLResolveInfo, filter: Any = None, order_by: Any = None, **page: Any
    ) -> Page:
        decoded = decode_ids(ProviderFilter, filter or {})
        found = find_providers(
            search=decoded.get("search"), service_id=decoded.get("service_id"), is_active=decoded.get("is_active")
        )
        return paginate(found, page_request(ordering(PROVIDERS_BY_NAME, order_by), **page))
