"""Mutations, one file per noun. A mutation only translates: it decodes the input and returns a command's result."""

from collections.abc import Mapping

from api.mutation.appointment import OfferAppointments, WithdrawAppointments
from api.mutation.base import Mutation
from api.mutation.client import UpdateClient
from api.mutation.provider import CreateProvider, UpdateProvider
from api.mutation.reservation import (
    CancelReservation,
    CompleteReservation,
    ConfirmReservation,
    MarkReservationNoShow,
    RescheduleReservation,
    ReserveAppointment,
)
from api.mutation.service import CreateService, UpdateService

MUTATIONS: Mapping[str, type[Mutation]] = {
    mutation.__name__[0].lower() + mutation.__name__[1:]: mutation
    for mutation in (
        UpdateClient,
        CreateService,
        UpdateService,
        CreateProvider,
        UpdateProvider,
        ReserveAppointment,
        ConfirmReservation,
        CancelReservation,
        RescheduleReservation,
        CompleteReservation,
        MarkReservationNoShow,
        OfferAppointments,
        WithdrawAppointments,
    )
}
"""Every mutation by the name of its root field, in the order of the schema."""
