from api.loaders.base import Loader
from cache.catalogue import read_services
from reservation.models import Service


class ServiceByIdLoader(Loader[int, Service | None]):
    def read(self, keys: list[int]) -> list[Service | None]:
        found = read_services(keys)
        return [found.get(key) for key in keys]
