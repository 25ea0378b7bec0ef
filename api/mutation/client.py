"""Changes of clients."""

import graphene

from api.mutation.base import Mutation
from api.query.client import Client
from api.types.ids import IdOf
from api.types.scalars import TimeZone
from reservation.domain.client import update_client


class UpdateClient(Mutation):
    """Changes a client. A field that is omitted or null stays as it is. For the client itself and staff."""

    command, returns = update_client, Client

    class Input:
        client_id = IdOf("Client", required=True, description="The client.")
        name = graphene.String(description="The client's name; at most 200 characters.")
        phone = graphene.String(description="The phone number; at most 40 characters, empty to remove it.")
        time_zone = TimeZone(description="The time zone in which the client reads times.")
