from api.loaders.base import Loader
from reservation.domain.access import visible_reservations
from reservation.models import Reservation


class ReservationByIdLoader(Loader[int, Reservation | None]):
    """Of the reservations that the caller may know of."""

    def read(self, keys: list[int]) -> list[Reservation | None]:
        found = visible_reservations(self.context.caller).in_bulk(keys)
        return [found.get(key) for key in keys]
