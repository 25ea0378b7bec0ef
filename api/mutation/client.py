"""Who reserves time."""

from typing import Any

import graphene

from api.mutation.base import Call, Input, Mutation, Payload
from api.query.client import Client
from api.types.ids import IdOf
from api.types.scalars import TimeZone
from reservation.domain.client import update_client


class UpdateClientInput(Input):
    """What to change of a client; what is left out, or null, stays."""

    client_id = IdOf("Client", required=True, description="Which client.")
    name = graphene.String(description="What to call the client; at most 200 characters.")
    phone = graphene.String(description="Where to call; at most 40 characters, empty to forget it.")
    time_zone = TimeZone(description="The zone in which the client reads times.")


class UpdateClientPayload(Payload):
    """The changed client."""

    client = graphene.Field(Client, description="The client.")


class UpdateClient(Mutation):
    """Changes what is given. For the client itself and staff."""

    class Arguments:
        input = UpdateClientInput(required=True, description="What to change.")

    Output = UpdateClientPayload

    @staticmethod
    def perform(call: Call, **input: Any) -> dict[str, Any]:
        return {"client": call(update_client, **input)}


class ClientMutation(graphene.ObjectType):
    update_client = UpdateClient.Field()
