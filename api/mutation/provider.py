"""Who offers time."""

from typing import Any

import graphene

from api.mutation.base import Call, Input, Mutation, Payload
from api.query.provider import Provider
from api.types.ids import IdOf
from api.types.scalars import TimeZone
from reservation.domain.provider import create_provider, update_provider


class CreateProviderInput(Input):
    """Who is to offer time."""

    name = graphene.String(required=True, description="What clients know the provider by; at most 200 characters.")
    email = graphene.String(required=True, description="The address that the provider is to log in with.")
    bio = graphene.String(description="A few words; at most 2,000 characters.")
    time_zone = TimeZone(description="The zone in which the provider works. Default: UTC.")
    service_ids = IdOf("Service", many=True, description="What the provider can be reserved for.")


class CreateProviderPayload(Payload):
    """The new provider."""

    provider = graphene.Field(Provider, description="The provider.")


class CreateProvider(Mutation):
    """Adds a provider and the account that it logs in with, once it has set a password. Staff only."""

    class Arguments:
        input = CreateProviderInput(required=True, description="Who is to offer time.")

    Output = CreateProviderPayload

    @staticmethod
    def perform(call: Call, **input: Any) -> dict[str, Any]:
        return {"provider": call(create_provider, **input)}


class UpdateProviderInput(Input):
    """What to change of a provider; what is left out, or null, stays."""

    provider_id = IdOf("Provider", required=True, description="Which provider.")
    name = graphene.String(description="What clients know the provider by; at most 200 characters.")
    bio = graphene.String(description="A few words; at most 2,000 characters.")
    time_zone = TimeZone(description="The zone in which the provider works.")
    is_active = graphene.Boolean(description="Whether the provider's time can be reserved; staff only.")
    service_ids = IdOf("Service", many=True, description="All that the provider can be reserved for; staff only.")


class UpdateProviderPayload(Payload):
    """The changed provider."""

    provider = graphene.Field(Provider, description="The provider.")


class UpdateProvider(Mutation):
    """Changes what is given. The provider itself may say how it is shown, staff everything."""

    class Arguments:
        input = UpdateProviderInput(required=True, description="What to change.")

    Output = UpdateProviderPayload

    @staticmethod
    def perform(call: Call, **input: Any) -> dict[str, Any]:
        return {"provider": call(update_provider, **input)}


class ProviderMutation(graphene.ObjectType):
    create_provider = CreateProvider.Field()
    update_provider = UpdateProvider.Field()
