"""What staff works with. State is never edited here: an action calls the same command as the API."""

from reservation.admin.appointment import AppointmentAdmin
from reservation.admin.client import ClientAdmin
from reservation.admin.provider import ProviderAdmin
from reservation.admin.reservation import ReservationAdmin
from reservation.admin.service import ServiceAdmin
from reservation.admin.user import GroupAdmin, UserAdmin

__all__ = [
    "AppointmentAdmin",
    "ClientAdmin",
    "GroupAdmin",
    "ProviderAdmin",
    "ReservationAdmin",
    "ServiceAdmin",
    "UserAdmin",
]
