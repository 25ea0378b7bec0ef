"""Changes of providers."""

import graphene

from api.mutation.base import Mutation
from api.query.provider import Provider
from api.types.ids import IdOf
from api.types.scalars import TimeZone
from reservation.domain.provider import create_provider, update_provider


class CreateProvider(Mutation):
    """Adds a provider, with an account to log in with once it has set a password. Staff only."""

    command, returns = create_provider, Provider

    class Input:
        name = graphene.String(required=True, description="The name that clients see; at most 200 characters.")
        email = graphene.String(required=True, description="The email address that the provider will log in with.")
        bio = graphene.String(description="A short description; at most 2,000 characters.")
        time_zone = TimeZone(description="The time zone in which the provider works. Default: UTC.")
        service_ids = IdOf("Service", many=True, description="The services that the provider offers.")


class UpdateProvider(Mutation):
    """Changes a provider. A field that is omitted or null stays as it is. Staff may change everything, the provider
    itself its name, bio and time zone."""

    command, returns = update_provider, Provider

    class Input:
        provider_id = IdOf("Provider", required=True, description="The provider.")
        name = graphene.String(description="The name that clients see; at most 200 characters.")
        bio = graphene.String(description="A short description; at most 2,000 characters.")
        time_zone = TimeZone(description="The time zone in which the provider works.")
        is_active = graphene.Boolean(description="Whether the provider's time can be reserved. Staff only.")
        service_ids = IdOf("Service", many=True, description="All services that the provider offers. Staff only.")
