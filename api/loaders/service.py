from api.loaders.base import Loader
from reservation.models import Service


class ServiceByIdLoader(Loader[int, Service | None]):
    def read(self, keys: list[int]) -> list[Service | None]:
        found = Service.objects.in_bulk(keys)
        return [found.get(key) for key in keys]
