from api.loaders.base import Loader
from cache.catalogue import SERVICES
from reservation.models import Service


class ServiceByIdLoader(Loader[int, Service | None]):
    def read(self, keys: list[int]) -> list[Service | None]:
        found = SERVICES.read(keys)
        return [found.get(key) for key in keys]
