from collections import defaultdict
from datetime import datetime

from django.db.models import QuerySet

from api.loaders.base import Loader
from database.compiled_query import CompiledSelect
from reservation.models import Appointment


@CompiledSelect
def select_appointments(ids: list[int]) -> QuerySet[Appointment]:
    return Appointment.objects.filter(pk__in=ids)


@CompiledSelect
def select_taken(reservation_ids: list[int], now: datetime) -> QuerySet[Appointment]:
    return Appointment.objects.of_reservations(reservation_ids).taken_at(now).order_by("starts_at")


class AppointmentByIdLoader(Loader[int, Appointment | None]):
    def read(self, keys: list[int]) -> list[Appointment | None]:
        found = {appointment.pk: appointment for appointment in select_appointments(ids=keys)}
        return [found.get(key) for key in keys]


class AppointmentsByReservationIdLoader(Loader[int, list[Appointment]]):
    """The appointments that a reservation holds: a lapsed hold has none, although rows may still refer to it."""

    def read(self, keys: list[int]) -> list[list[Appointment]]:
        by_reservation: dict[int | None, list[Appointment]] = defaultdict(list)
        for appointment in select_taken(reservation_ids=keys, now=self.context.now):
            by_reservation[appointment.reservation_id].append(appointment)
        return [by_reservation[key] for key in keys]
