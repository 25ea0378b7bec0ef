"""Changes of a provider's calendar: offering and withdrawing appointments."""

import graphene

from api.mutation.base import Mutation, Read, Result
from api.query.appointment import MAX_DAYS, Appointment
from api.types.ids import IdOf
from api.types.scalars import DateTime
from reservation.domain.appointment import appointments_between, offer, withdraw


class Interval:
    """An interval of a provider's calendar."""

    provider_id = IdOf("Provider", required=True, description="The provider whose calendar is changed.")
    starts_at = DateTime(required=True, description="The start: on the quarter hour, in the future.")
    ends_at = DateTime(required=True, description=f"The end: on the quarter hour, at most {MAX_DAYS} days later.")


class OfferAppointments(Mutation):
    """Offers the time between two instants: every 15-minute slot of it becomes an appointment. Slots that are offered
    already stay as they are. For the provider and staff."""

    command, Input = offer, Interval

    class Payload:
        appointments = Read(
            graphene.List(graphene.NonNull(Appointment)),
            appointments_between,
            description="All appointments of the interval, in order.",
        )
        created_count = Result(graphene.Int, description="The number of appointments that are new.")


class WithdrawAppointments(Mutation):
    """Withdraws the open appointments between two instants; held and booked ones stay. For the provider and staff."""

    command, Input = withdraw, Interval

    class Payload:
        withdrawn_count = Result(graphene.Int, description="The number of appointments that were withdrawn.")
