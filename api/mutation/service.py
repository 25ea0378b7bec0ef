"""Changes of services."""

import graphene

from api.mutation.base import Mutation
from api.query.service import Service
from api.types.ids import IdOf
from reservation.domain.service import create_service, update_service


class CreateService(Mutation):
    """Adds a service. Staff only."""

    command, returns = create_service, Service

    class Input:
        name = graphene.String(required=True, description="The name of the service; at most 200 characters.")
        description = graphene.String(description="What clients should know; at most 2,000 characters.")
        duration_minutes = graphene.Int(required=True, description="A multiple of 15, at most 480.")


class UpdateService(Mutation):
    """Changes a service. A field that is omitted or null stays as it is. Staff only."""

    command, returns = update_service, Service

    class Input:
        service_id = IdOf("Service", required=True, description="The service.")
        name = graphene.String(description="The name of the service; at most 200 characters.")
        description = graphene.String(description="What clients should know; at most 2,000 characters.")
        duration_minutes = graphene.Int(
            description="A multiple of 15, at most 480. Existing reservations keep their length."
        )
        is_active = graphene.Boolean(description="Whether the service can be reserved.")
