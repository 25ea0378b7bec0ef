from api.loaders.base import Loader
from reservation.domain.access import visible_clients
from reservation.models import Client


class ClientByIdLoader(Loader[int, Client | None]):
    """Of the clients that the caller may know of."""

    def read(self, keys: list[int]) -> list[Client | None]:
        found = visible_clients(self.context.caller).in_bulk(keys)
        return [found.get(key) for key in keys]
