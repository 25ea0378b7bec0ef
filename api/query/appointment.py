"""Appointments: slots on providers' calendars, and which of them are open."""

from collections.abc import Awaitable, Collection
from datetime import datetime, timedelta
from typing import Any

import graphene
from django.conf import settings
from graphql import GraphQLResolveInfo

from api.context import Context
from api.loaders import (
    AppointmentByIdLoader,
    CriteriaPageLoader,
    ProviderByIdLoader,
    ReservationByIdLoader,
    ServiceByIdLoader,
)
from api.loaders.base import load_by, then
from api.loaders.compiled_page import compiled_page
from api.types.connections import BOTH_WAYS, Page, connection_type, page_request
from api.types.ids import IdOf, decode_ids, from_global_id
from api.types.node import Node, NodeType
from api.types.ordering import APPOINTMENTS_BY_START
from api.types.scalars import DateTime
from reservation import models
from reservation.domain.queries.open_appointments import MAX_COUNTED, OpenAppointments


class Appointment(NodeType):
    """A 15-minute slot on a provider's calendar."""

    class Meta:
        model = models.Appointment
        interfaces = (Node,)
        fields = ("starts_at",)

    provider = graphene.Field(
        "api.query.provider.Provider", required=True, description="The provider on whose calendar it is."
    )
    ends_at = DateTime(required=True, description="When it ends, and the next one may begin.")
    is_open = graphene.Boolean(required=True, description="Whether it can be reserved right now.")
    reservation = graphene.Field(
        "api.query.reservation.Reservation",
        description="The reservation that holds it: only for its client, its provider and staff; otherwise null.",
    )

    resolve_provider = staticmethod(load_by(ProviderByIdLoader, "provider_id"))

    @staticmethod
    async def resolve_is_open(root: models.Appointment, info: GraphQLResolveInfo) -> bool:
        provider = await ProviderByIdLoader.of(info.context).load(root.provider_id)
        return provider is not None and root.is_open_at(info.context.now, provider=provider)

    @staticmethod
    def resolve_reservation(
        root: models.Appointment, info: GraphQLResolveInfo
    ) -> Awaitable[models.Reservation | None] | None:
        if root.reservation_id is None or root.is_free_at(info.context.now):
            return None
        return ReservationByIdLoader.of(info.context).load(root.reservation_id)


AppointmentConnection = connection_type(
    Appointment,
    bound=f"Only the first {MAX_COUNTED:,} open appointments are looked at: there may be more.",
)


MAX_DAYS = settings.RESERVATION_POLICY.max_interval.days


class OpenAppointmentFilter(graphene.InputObjectType):
    class Meta:
        description = f"Half-open: startsFrom <= startsAt < startsBefore; at most {MAX_DAYS} days."

    starts_from = DateTime(required=True, description="Not before this instant.")
    starts_before = DateTime(required=True, description="Before this instant.")
    provider_ids = IdOf("Provider", many=True, description="Only of these providers.")
    service_id = IdOf("Service", description="Only appointments that begin a run long enough for this service.")
    duration_minutes = graphene.Int(
        description="Only appointments that begin a free run of so many minutes, in place of the service's duration: a "
        "reservation that is moved keeps its length."
    )


def open_appointment_criteria(
    context: Context,
    *,
    starts_from: datetime | None = None,
    starts_before: datetime | None = None,
    provider_ids: Collection[int] | None = None,
    service_id: int | None = None,
    duration_minutes: int | None = None,
) -> OpenAppointments | Awaitable[OpenAppointments]:
    """The criteria of the appointments that can be reserved right now; with a service, an awaitable of them.

    A service that does not exist has no open appointments.
    """

    def criteria(service: models.Service | None) -> OpenAppointments:
        is_unknown = service is None and service_id is not None
        return OpenAppointments.of(
            now=context.now,
            starts_from=starts_from,
            starts_before=starts_before,
            provider_ids=() if is_unknown else provider_ids,
            service=service,
            duration=None if duration_minutes is None else timedelta(minutes=duration_minutes),
        )

    if service_id is None:
        return criteria(None)
    service: Awaitable[models.Service | None] = ServiceByIdLoader.of(context).load(service_id)
    return then(service, criteria)


class AppointmentQuery(graphene.ObjectType):
    appointment = graphene.Field(
        Appointment,
        id=graphene.ID(required=True, description="The id of an appointment."),
        description="One appointment, open or not; null when there is none with this id.",
    )
    open_appointments = graphene.Field(
        AppointmentConnection,
        required=True,
        filter=OpenAppointmentFilter(required=True, description="Which appointments."),
        **BOTH_WAYS,
        description="Appointments that can be reserved right now, in order of start.",
    )
    next_open_appointment = graphene.Field(
        Appointment,
        provider_ids=graphene.List(graphene.NonNull(graphene.ID), description="Only of these providers."),
        service_id=graphene.ID(description="Only appointments that begin a run long enough for this service."),
        description="The first appointment that openAppointments would list from now on; null when there is none.",
    )

    @staticmethod
    def resolve_appointment(_root: None, info: GraphQLResolveInfo, id: str) -> Awaitable[models.Appointment | None]:
        return AppointmentByIdLoader.of(info.context).load(from_global_id(id, noun="Appointment"))

    @staticmethod
    def resolve_open_appointments(
        _root: None, info: GraphQLResolveInfo, filter: Any, **page: Any
    ) -> Page | Awaitable[Page]:
        request = page_request(APPOINTMENTS_BY_START, **page)
        decoded = decode_ids(OpenAppointmentFilter, filter)
        criteria = open_appointment_criteria(
            info.context,
            starts_from=decoded["starts_from"],
            starts_before=decoded["starts_before"],
            provider_ids=decoded.get("provider_ids"),
            service_id=decoded.get("service_id"),
            duration_minutes=decoded.get("duration_minutes"),
        )
        if info.context.root_fields == 1:
            return then(criteria, lambda found: compiled_page(found, request))
        # With other root fields, as on the booking page, which requests seven days at once: one statement for all.
        return then(criteria, lambda found: CriteriaPageLoader.of(info.context).load((found, request)))

    @staticmethod
    def resolve_next_open_appointment(
        _root: None, info: GraphQLResolveInfo, **conditions: Any
    ) -> models.Appointment | None | Awaitable[models.Appointment | None]:
        decoded = decode_ids(OpenAppointmentFilter, conditions)
        criteria = open_appointment_criteria(
            info.context, provider_ids=decoded.get("provider_ids"), service_id=decoded.get("service_id")
        )
        return then(criteria, lambda found: found.queryset().order_by("starts_at", "pk").first())
