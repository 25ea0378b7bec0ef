"""The schema, assembled from the queries and mutations of each noun."""

import graphene
from graphql import GraphQLSchema

from api.limits.sizes import require_max_bytes
from api.limits.weights import require_sizes
from api.mutation import MUTATIONS
from api.permissions import guard
from api.query.appointment import AppointmentQuery
from api.query.client import ClientQuery
from api.query.node import NodeQuery
from api.query.provider import ProviderQuery
from api.query.reservation import ReservationQuery
from api.query.service import ServiceQuery
from api.query.viewer import ViewerQuery
from api.types.scalars import Date, Time


class Query(NodeQuery, ViewerQuery, ProviderQuery, ServiceQuery, AppointmentQuery, ClientQuery, ReservationQuery):
    """Everything that can be read."""


Mutation = type(
    "Mutation",
    (graphene.ObjectType,),
    {name: mutation.Field() for name, mutation in MUTATIONS.items()}
    | {"__doc__": "Everything that can be changed. Each mutation takes one input and returns one payload."},
)


schema: GraphQLSchema = guard(
    require_max_bytes(require_sizes(graphene.Schema(query=Query, mutation=Mutation, types=[Date, Time]).graphql_schema))
)
