from api.loaders.base import Loader
from reservation.domain.access import find_visible, visible_clients
from reservation.models import Client


class ClientByIdLoader(Loader[int, Client | None]):
    """Clients that the caller may see."""

    def read(self, keys: list[int]) -> list[Client | None]:
        found = {client.pk: client for client in find_visible(visible_clients, caller=self.context.caller, ids=keys)}
        return [found.get(key) for key in keys]
