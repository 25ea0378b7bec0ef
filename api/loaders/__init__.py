"""Data loaders: they batch the reads of one request, one statement per level of the query. One file per noun."""

from api.loaders.appointment import AppointmentByIdLoader, AppointmentsByReservationIdLoader
from api.loaders.client import ClientByIdLoader
from api.loaders.criteria_page import CriteriaPageLoader
from api.loaders.page import CountLoader, PageLoader
from api.loaders.provider import ProviderByIdLoader
from api.loaders.reservation import ReservationByIdLoader
from api.loaders.service import ServiceByIdLoader

__all__ = [
    "AppointmentByIdLoader",
    "AppointmentsByReservationIdLoader",
    "ClientByIdLoader",
    "CountLoader",
    "CriteriaPageLoader",
    "PageLoader",
    "ProviderByIdLoader",
    "ReservationByIdLoader",
    "ServiceByIdLoader",
]
