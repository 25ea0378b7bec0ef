"""Who is asking."""

import graphene
from graphql import GraphQLResolveInfo

from api.loaders import ClientByIdLoader, ProviderByIdLoader
from api.loaders.base import load_by
from reservation.domain.caller import Caller


class Viewer(graphene.ObjectType):
    """What the request's credentials resolve to."""

    is_authenticated = graphene.Boolean(required=True, description="Whether somebody has logged in.")
    is_staff = graphene.Boolean(required=True, description="Whether the viewer runs the place.")
    email = graphene.String(description="The address that the viewer logs in with; null for nobody.")
    client = graphene.Field("api.query.client.Client", description="The client that the viewer is, if any.")
    provider = graphene.Field("api.query.provider.Provider", description="The provider that the viewer is, if any.")

    resolve_client = staticmethod(load_by(ClientByIdLoader, "client_id"))
    resolve_provider = staticmethod(load_by(ProviderByIdLoader, "provider_id"))


class ViewerQuery(graphene.ObjectType):
    viewer = graphene.Field(
        Viewer, required=True, description="Who is asking: what the request's credentials resolve to."
    )

    @staticmethod
    def resolve_viewer(_root: None, info: GraphQLResolveInfo) -> Caller:
        return info.context.caller
