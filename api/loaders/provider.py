from api.loaders.base import Loader
from reservation.models import Provider


class ProviderByIdLoader(Loader[int, Provider | None]):
    def read(self, keys: list[int]) -> list[Provider | None]:
        found = Provider.objects.in_bulk(keys)
        return [found.get(key) for key in keys]
