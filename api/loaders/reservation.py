from api.loaders.base import Loader
from reservation.domain.access import find_visible, visible_reservations
from reservation.models import Reservation


class ReservationByIdLoader(Loader[int, Reservation | None]):
    """Reservations that the caller may see."""

    def read(self, keys: list[int]) -> list[Reservation | None]:
        visible = find_visible(visible_reservations, caller=self.context.caller, ids=keys)
        found = {reservation.pk: reservation for reservation in visible}
        return [found.get(key) for key in keys]
