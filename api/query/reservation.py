"""Reservations: clients' claims on time."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from api.context import Context
from api.loaders import (
    AppointmentsByReservationIdLoader,
    ClientByIdLoader,
    ProviderByIdLoader,
    ReservationByIdLoader,
    ServiceByIdLoader,
)
from api.loaders.base import load_by
from api.loaders.compiled_page import compiled_page
from api.types.connections import BOTH_WAYS, Page, connection_type, page_request
from api.types.enums import enum_type
from api.types.ids import IdOf, decode_ids, from_global_id
from api.types.node import Node, NodeType
from api.types.ordering import RESERVATIONS_BY_START, ReservationOrder, ordering
from api.types.scalars import DateTime
from reservation import models
from reservation.domain.queries.reservations import Reservations
from reservation.policy import Status
from reservation.status_words import STATUS_WORDS

ReservationStatus = enum_type(
    "ReservationStatus", Status, {status: words.description for status, words in STATUS_WORDS.items()}
)


class Reservation(NodeType):
    """A client's claim on a run of appointments. Visible to its client, its provider and staff."""

    class Meta:
        model = models.Reservation
        interfaces = (Node,)
        fields = (
            "starts_at",
            "ends_at",
            "note",
            "created_at",
            "confirmed_at",
            "cancelled_at",
            "cancel_reason",
        )

    client = graphene.Field("api.query.client.Client", required=True, description="The client.")
    provider = graphene.Field("api.query.provider.Provider", required=True, description="The provider.")
    service = graphene.Field(
        "api.query.service.Service", description="The service; null for a single appointment without a service."
    )
    appointments = graphene.List(
        graphene.NonNull("api.query.appointment.Appointment"),
        required=True,
        description="The appointments that it holds, in order; empty once it no longer holds any.",
    )
    status = ReservationStatus(required=True, description="Its state right now.")
    expires_at = DateTime(description="When an unconfirmed hold lapses; null unless PENDING.")

    resolve_client = staticmethod(load_by(ClientByIdLoader, "client_id"))
    resolve_provider = staticmethod(load_by(ProviderByIdLoader, "provider_id"))
    resolve_service = staticmethod(load_by(ServiceByIdLoader, "service_id"))
    resolve_appointments = staticmethod(load_by(AppointmentsByReservationIdLoader, "pk"))

    @staticmethod
    def resolve_status(root: models.Reservation, info: GraphQLResolveInfo) -> Status:
        return root.status_at(info.context.now)

    @staticmethod
    def resolve_expires_at(root: models.Reservation, info: GraphQLResolveInfo) -> datetime | None:
        return root.expires_at if root.status_at(info.context.now) is Status.PENDING else None


ReservationConnection = connection_type(Reservation)


class ReservationFilter(graphene.InputObjectType):
    """Which reservations; all conditions hold at once."""

    status = graphene.List(graphene.NonNull(ReservationStatus), description="In one of these states right now.")
    provider_id = IdOf("Provider", description="With this provider.")
    client_id = IdOf("Client", description="Of this client.")
    starts_from = DateTime(description="Beginning at or after this instant.")
    starts_before = DateTime(description="Beginning before this instant.")


def reservation_criteria(context: Context, filter: Any) -> Reservations:
    """The criteria of the reservations that the viewer may see."""
    decoded = decode_ids(ReservationFilter, filter or {})
    return Reservations.of(
        viewer=context.caller,
        now=context.now,
        status=decoded.get("status"),
        provider_id=decoded.get("provider_id"),
        client_id=decoded.get("client_id"),
        starts_from=decoded.get("starts_from"),
        starts_before=decoded.get("starts_before"),
    )


class ReservationQuery(graphene.ObjectType):
    reservation = graphene.Field(
        Reservation,
        id=graphene.ID(required=True, description="The id of a reservation."),
        description="One reservation; null when there is none that the viewer may see.",
    )
    reservations = graphene.Field(
        ReservationConnection,
        required=True,
        filter=ReservationFilter(description="Which reservations. Default: all of them."),
        order_by=ReservationOrder(description="Default: by start."),
        **BOTH_WAYS,
        description="The reservations that the viewer may see: a client's own, a provider's own, all for staff.",
    )

    @staticmethod
    def resolve_reservation(_root: None, info: GraphQLResolveInfo, id: str) -> Awaitable[models.Reservation | None]:
        return ReservationByIdLoader.of(info.context).load(from_global_id(id, noun="Reservation"))

    @staticmethod
    def resolve_reservations(
        _root: None, info: GraphQLResolveInfo, filter: Any = None, order_by: Any = None, **page: Any
    ) -> Page:
        criteria = reservation_criteria(info.context, filter)
        return compiled_page(criteria, page_request(ordering(RESERVATIONS_BY_START, order_by), **page))
