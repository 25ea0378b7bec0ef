"""A provider's calendar: offering time and taking it back."""

from datetime import datetime
from typing import Any

import graphene

from api.mutation.base import Call, Input, Mutation, Payload
from api.query.appointment import Appointment
from api.types.ids import IdOf
from api.types.scalars import DateTime
from reservation.domain.appointment import appointments_between, offer, withdraw


class OfferAppointmentsInput(Input):
    """Whose time to offer, from when to when."""

    provider_id = IdOf("Provider", required=True, description="Whose time it is.")
    starts_at = DateTime(required=True, description="When it begins: on the quarter hour, in the future.")
    ends_at = DateTime(required=True, description="When it ends: on the quarter hour, at most 62 days later.")


class OfferAppointmentsPayload(Payload):
    """What is offered now."""

    appointments = graphene.List(graphene.NonNull(Appointment), description="What the interval now holds, in order.")
    created_count = graphene.Int(description="How many of them were not there before.")


class OfferAppointments(Mutation):
    """A provider (or staff for one) offers the time between two instants: every whole 15-minute slot in it becomes
    an appointment. Offering time twice is harmless."""

    class Arguments:
        input = OfferAppointmentsInput(required=True, description="Whose time to offer, from when to when.")

    Output = OfferAppointmentsPayload

    @staticmethod
    def perform(call: Call, provider_id: int, starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
        return {
            "created_count": call(offer, provider_id=provider_id, starts_at=starts_at, ends_at=ends_at),
            "appointments": appointments_between(provider_id=provider_id, starts_at=starts_at, ends_at=ends_at),
        }


class WithdrawAppointmentsInput(Input):
    """Whose time to take back, from when to when."""

    provider_id = IdOf("Provider", required=True, description="Whose time it is.")
    starts_at = DateTime(required=True, description="When it begins: on the quarter hour, in the future.")
    ends_at = DateTime(required=True, description="When it ends: on the quarter hour, at most 62 days later.")


class WithdrawAppointmentsPayload(Payload):
    """What was taken back."""

    withdrawn_count = graphene.Int(description="How many appointments were open and are gone.")


class WithdrawAppointments(Mutation):
    """Takes back what is still open between two instants; held and booked appointments stay."""

    class Arguments:
        input = WithdrawAppointmentsInput(required=True, description="Whose time to take back, from when to when.")

    Output = WithdrawAppointmentsPayload

    @staticmethod
    def perform(call: Call, **input: Any) -> dict[str, Any]:
        return {"withdrawn_count": call(withdraw, **input)}


class AppointmentMutation(graphene.ObjectType):
    offer_appointments = OfferAppointments.Field()
    withdraw_appointments = WithdrawAppointments.Field()
