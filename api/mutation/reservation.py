"""Changes of reservations: hold, confirm, cancel, reschedule, and record the outcome."""

import graphene

from api.mutation.base import Mutation
from api.query.reservation import Reservation
from api.types.ids import IdOf
from reservation.domain.reservation import cancel, complete, confirm, mark_no_show, reschedule, reserve


class ReserveAppointment(Mutation):
    """Holds an appointment for 30 minutes, or for a service the run of consecutive appointments that it needs. The new
    reservation is PENDING until it is confirmed. An appointment must be reserved at least 24 hours ahead."""

    command, returns = reserve, Reservation

    class Input:
        appointment_id = IdOf("Appointment", required=True, description="The appointment, or the first of the run.")
        service_id = IdOf("Service", description="The service. Default: none, for a single appointment.")
        client_id = IdOf("Client", description="The client. Default: the viewer. Only staff may name another client.")
        note = graphene.String(description="A note by the client; at most 2,000 characters.")


class ConfirmReservation(Mutation):
    """Turns a hold into a booking: the reservation becomes CONFIRMED. Confirming it again is harmless; after the hold
    has expired it is refused with HOLD_EXPIRED."""

    command, returns = confirm, Reservation

    class Input:
        reservation_id = IdOf("Reservation", required=True, description="The hold.")


class CancelReservation(Mutation):
    """Cancels a hold or a booking: the reservation becomes CANCELLED, and its time is open again. Refused once it has
    started."""

    command, returns = cancel, Reservation

    class Input:
        reservation_id = IdOf("Reservation", required=True, description="The hold or booking.")
        reason = graphene.String(description="The reason; at most 2,000 characters.")


class RescheduleReservation(Mutation):
    """Moves a reservation to another start, with the same id and status. The old time is given up and the new time
    taken in one transaction."""

    command, returns = reschedule, Reservation

    class Input:
        reservation_id = IdOf("Reservation", required=True, description="The hold or booking.")
        appointment_id = IdOf("Appointment", required=True, description="The appointment at the new start.")


class CompleteReservation(Mutation):
    """Records that the client came: the reservation becomes COMPLETED. For its provider and staff, once it has
    started."""

    command, returns = complete, Reservation

    class Input:
        reservation_id = IdOf("Reservation", required=True, description="The booking.")


class MarkReservationNoShow(Mutation):
    """Records that the client did not come: the reservation becomes NO_SHOW. For its provider and staff, once it has
    started."""

    command, returns = mark_no_show, Reservation

    class Input:
        reservation_id = IdOf("Reservation", required=True, description="The booking.")
