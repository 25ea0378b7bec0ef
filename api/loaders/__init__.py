"""Loaders batch the reads of one request: one statement a level, however many objects ask. One file a noun."""

from api.loaders.appointment import AppointmentByIdLoader, AppointmentsByReservationIdLoader
from api.loaders.client import ClientByIdLoader
from api.loaders.opening import OpeningsLoader, is_kept
from api.loaders.page import CountLoader, PageLoader
from api.loaders.provider import ProviderByIdLoader
from api.loaders.reservation import ReservationByIdLoader
from api.loaders.service import ServiceByIdLoader
from api.loaders.written_page import WrittenPageLoader

__all__ = [
    "AppointmentByIdLoader",
    "AppointmentsByReservationIdLoader",
    "ClientByIdLoader",
    "CountLoader",
    "OpeningsLoader",
    "PageLoader",
    "ProviderByIdLoader",
    "ReservationByIdLoader",
    "ServiceByIdLoader",
    "WrittenPageLoader",
    "is_kept",
]
