"""What is done in the time."""

from typing import Any

import graphene

from api.mutation.base import Call, Input, Mutation, Payload
from api.query.service import Service
from api.types.ids import IdOf
from reservation.domain.service import create_service, update_service


class CreateServiceInput(Input):
    """What is to be done in the time."""

    name = graphene.String(required=True, description="What the service is called; at most 200 characters.")
    description = graphene.String(description="What a client should know; at most 2,000 characters.")
    duration_minutes = graphene.Int(required=True, description="A multiple of 15, at most 480.")


class CreateServicePayload(Payload):
    """The new service."""

    service = graphene.Field(Service, description="The service.")


class CreateService(Mutation):
    """Adds a service. Staff only."""

    class Arguments:
        input = CreateServiceInput(required=True, description="What is to be done in the time.")

    Output = CreateServicePayload

    @staticmethod
    def perform(call: Call, **input: Any) -> dict[str, Any]:
        return {"service": call(create_service, **input)}


class UpdateServiceInput(Input):
    """What to change of a service; what is left out, or null, stays."""

    service_id = IdOf("Service", required=True, description="Which service.")
    name = graphene.String(description="What the service is called; at most 200 characters.")
    description = graphene.String(description="What a client should know; at most 2,000 characters.")
    duration_minutes = graphene.Int(description="A multiple of 15, at most 480. What is reserved keeps its length.")
    is_active = graphene.Boolean(description="Whether it can be reserved.")


class UpdateServicePayload(Payload):
    """The changed service."""

    service = graphene.Field(Service, description="The service.")


class UpdateService(Mutation):
    """Changes what is given. Staff only."""

    class Arguments:
        input = UpdateServiceInput(required=True, description="What to change.")

    Output = UpdateServicePayload

    @staticmethod
    def perform(call: Call, **input: Any) -> dict[str, Any]:
        return {"service": call(update_service, **input)}


class ServiceMutation(graphene.ObjectType):
    create_service = CreateService.Field()
    update_service = UpdateService.Field()
