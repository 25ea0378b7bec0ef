from collections import defaultdict

from api.loaders.base import Loader
from reservation.models import Appointment


class AppointmentByIdLoader(Loader[int, Appointment | None]):
    def read(self, keys: list[int]) -> list[Appointment | None]:
        found = Appointment.objects.in_bulk(keys)
        return [found.get(key) for key in keys]


class AppointmentsByReservationIdLoader(Loader[int, list[Appointment]]):
    """Only what a reservation still holds: a lapsed one holds nothing, though the rows may still name it."""

    def read(self, keys: list[int]) -> list[list[Appointment]]:
        held = Appointment.objects.of_reservations(keys).filter(available_at__gt=self.context.now)
        by_reservation = defaultdict(list)
        for appointment in held.order_by("starts_at"):
            by_reservation[appointment.reservation_id].append(appointment)
        return [by_reservation[key] for key in keys]
