"""The life of a reservation: hold, confirm, move, cancel, and how it ended."""

from typing import Any

import graphene

from api.mutation.base import Call, Input, Mutation, Payload
from api.query.reservation import Reservation
from api.types.ids import IdOf
from reservation.domain.reservation import cancel, complete, confirm, mark_no_show, reschedule, reserve


class ReserveAppointmentInput(Input):
    """What to reserve, and for whom."""

    appointment_id = IdOf("Appointment", required=True, description="The appointment, or the first of the run.")
    service_id = IdOf("Service", description="What it is for; without one it takes a single appointment.")
    client_id = IdOf("Client", description="Staff only, to reserve for someone else; a client reserves for itself.")
    note = graphene.String(description="What the client wants to tell; at most 2,000 characters.")


class ReserveAppointmentPayload(Payload):
    """The hold."""

    reservation = graphene.Field(Reservation, description="The new reservation, PENDING.")


class ReserveAppointment(Mutation):
    """Holds an appointment (for a service: the run of appointments that it needs) for 30 minutes. At least 24 hours
    ahead."""

    class Arguments:
        input = ReserveAppointmentInput(required=True, description="What to reserve, and for whom.")

    Output = ReserveAppointmentPayload

    @staticmethod
    def perform(call: Call, **input: Any) -> dict[str, Any]:
        return {"reservation": call(reserve, **input)}


class ConfirmReservationInput(Input):
    """Which hold to confirm."""

    reservation_id = IdOf("Reservation", required=True, description="The hold.")


class ConfirmReservationPayload(Payload):
    """The booking."""

    reservation = graphene.Field(Reservation, description="The reservation, CONFIRMED.")


class ConfirmReservation(Mutation):
    """Turns a hold into a booking. Confirming twice is harmless; after the hold has lapsed it is HOLD_EXPIRED."""

    class Arguments:
        input = ConfirmReservationInput(required=True, description="Which hold to confirm.")

    Output = ConfirmReservationPayload

    @staticmethod
    def perform(call: Call, **input: Any) -> dict[str, Any]:
        return {"reservation": call(confirm, **input)}


class CancelReservationInput(Input):
    """Which reservation to give up, and why."""

    reservation_id = IdOf("Reservation", required=True, description="The hold or booking.")
    reason = graphene.String(description="Why; at most 2,000 characters.")


class CancelReservationPayload(Payload):
    """What was given up."""

    reservation = graphene.Field(Reservation, description="The reservation, CANCELLED.")


class CancelReservation(Mutation):
    """Gives up a hold or a booking; its time is open again. Not once it has begun."""

    class Arguments:
        input = CancelReservationInput(required=True, description="Which reservation to give up, and why.")

    Output = CancelReservationPayload

    @staticmethod
    def perform(call: Call, **input: Any) -> dict[str, Any]:
        return {"reservation": call(cancel, **input)}


class RescheduleReservationInput(Input):
    """Which reservation to move, and where to."""

    reservation_id = IdOf("Reservation", required=True, description="The hold or booking.")
    appointment_id = IdOf("Appointment", required=True, description="Where it is to begin.")


class RescheduleReservationPayload(Payload):
    """The moved reservation."""

    reservation = graphene.Field(Reservation, description="The same reservation, at its new start.")


class RescheduleReservation(Mutation):
    """Moves a reservation to another start in one step: either both happen or neither."""

    class Arguments:
        input = RescheduleReservationInput(required=True, description="Which reservation to move, and where to.")

    Output = RescheduleReservationPayload

    @staticmethod
    def perform(call: Call, **input: Any) -> dict[str, Any]:
        return {"reservation": call(reschedule, **input)}


class CompleteReservationInput(Input):
    """Which reservation was kept."""

    reservation_id = IdOf("Reservation", required=True, description="The booking.")


class CompleteReservationPayload(Payload):
    """The kept reservation."""

    reservation = graphene.Field(Reservation, description="The reservation, COMPLETED.")


class CompleteReservation(Mutation):
    """Notes that the client came; for its provider and staff, once it has begun."""

    class Arguments:
        input = CompleteReservationInput(required=True, description="Which reservation was kept.")

    Output = CompleteReservationPayload

    @staticmethod
    def perform(call: Call, **input: Any) -> dict[str, Any]:
        return {"reservation": call(complete, **input)}


class MarkReservationNoShowInput(Input):
    """Which reservation was not kept."""

    reservation_id = IdOf("Reservation", required=True, description="The booking.")


class MarkReservationNoShowPayload(Payload):
    """The reservation that was not kept."""

    reservation = graphene.Field(Reservation, description="The reservation, NO_SHOW.")


class MarkReservationNoShow(Mutation):
    """Notes that the client did not come; for its provider and staff, once it has begun."""

    class Arguments:
        input = MarkReservationNoShowInput(required=True, description="Which reservation was not kept.")

    Output = MarkReservationNoShowPayload

    @staticmethod
    def perform(call: Call, **input: Any) -> dict[str, Any]:
        return {"reservation": call(mark_no_show, **input)}


class ReservationMutation(graphene.ObjectType):
    reserve_appointment = ReserveAppointment.Field()
    confirm_reservation = ConfirmReservation.Field()
    cancel_reservation = CancelReservation.Field()
    reschedule_reservation = RescheduleReservation.Field()
    complete_reservation = CompleteReservation.Field()
    mark_reservation_no_show = MarkReservationNoShow.Field()
