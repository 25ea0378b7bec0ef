"""Who is asking."""

from collections.abc import Awaitable

import graphene
from graphql import GraphQLResolveInfo

from api.loaders import ClientByIdLoader, ProviderByIdLoader
from reservation import models
from reservation.domain.caller import Caller


class Viewer(graphene.ObjectType):
    """What the request's credentials resolve to."""

    is_authenticated = graphene.Boolean(required=True, description="Whether somebody has logged in.")
    is_staff = graphene.Boolean(required=True, description="Whether the viewer runs the place.")
    email = graphene.String(description="The address that the viewer logs in with; null for nobody.")
    client = graphene.Field("api.query.client.Client", description="The client that the viewer is, if any.")
    provider = graphene.Field("api.query.provider.Provider", description="The provider that the viewer is, if any.")

    @staticmethod
    def resolve_client(root: Caller, info: GraphQLResolveInfo) -> Awaitable[models.Client | None] | None:
        return ClientByIdLoader.of(info.context).load(root.client_id) if root.client_id else None

    @staticmethod
    def resolve_provider(root: Caller, info: GraphQLResolveInfo) -> Awaitable[models.Provider | None] | None:
        return ProviderByIdLoader.of(info.context).load(root.provider_id) if root.provider_id else None


class ViewerQuery(graphene.ObjectType):
    viewer = graphene.Field(
        Viewer, required=True, description="Who is asking: what the request's credentials resolve to."
    )

    @staticmethod
    def resolve_viewer(_root: None, info: GraphQLResolveInfo) -> Caller:
        return info.context.caller
