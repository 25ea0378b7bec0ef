from api.loaders.base import Loader
from cache.catalogue import PROVIDERS
from reservation.models import Provider


class ProviderByIdLoader(Loader[int, Provider | None]):
    def read(self, keys: list[int]) -> list[Provider | None]:
        found = PROVIDERS.read(keys)
        return [found.get(key) for key in keys]
