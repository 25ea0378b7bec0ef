"""The viewer: the current caller."""

import graphene
from graphql import GraphQLResolveInfo

from api.loaders import ClientByIdLoader, ProviderByIdLoader
from api.loaders.base import load_by
from reservation.domain.caller import Caller


class Viewer(graphene.ObjectType):
    """The current caller, identified by the request's credentials."""

    is_authenticated = graphene.Boolean(required=True, description="Whether the viewer has logged in.")
    is_staff = graphene.Boolean(required=True, description="Whether the viewer is staff.")
    email = graphene.String(description="The address that the viewer logs in with; null for an anonymous viewer.")
    client = graphene.Field("api.query.client.Client", description="The viewer as a client, if it is one.")
    provider = graphene.Field("api.query.provider.Provider", description="The viewer as a provider, if it is one.")

    resolve_client = staticmethod(load_by(ClientByIdLoader, "client_id"))
    resolve_provider = staticmethod(load_by(ProviderByIdLoader, "provider_id"))


class ViewerQuery(graphene.ObjectType):
    viewer = graphene.Field(Viewer, required=True, description="The current caller.")

    @staticmethod
    def resolve_viewer(_root: None, info: GraphQLResolveInfo) -> Caller:
        return info.context.caller
