"""Registers the models in Django's admin. State is never edited there: an action calls the same command as the API."""

from staff.appointment import AppointmentAdmin
from staff.client import ClientAdmin
from staff.provider import ProviderAdmin
from staff.reservation import ReservationAdmin
from staff.service import ServiceAdmin
from staff.user import GroupAdmin, UserAdmin

__all__ = [
    "AppointmentAdmin",
    "ClientAdmin",
    "GroupAdmin",
    "ProviderAdmin",
    "ReservationAdmin",
    "ServiceAdmin",
    "UserAdmin",
]
