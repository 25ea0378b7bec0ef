"""What loaders have in common: they live as long as the request, and read on its thread."""

from typing import Generic, Self, TypeVar, cast

from aiodataloader import DataLoader

from api.context import Context
from api.execution.loop import thread_loop

K = TypeVar("K")
V = TypeVar("V")


class Loader(DataLoader, Generic[K, V]):
    """A subclass says in `read` how to answer many keys with one statement; it is named for its key."""

    def __init__(self, context: Context) -> None:
        super().__init__(loop=thread_loop())
        self.context = context

    @classmethod
    def of(cls, context: Context) -> Self:
        """This request's loader of this kind."""
        if cls not in context.loaders:
            context.loaders[cls] = cls(context)
        return cast("Self", context.loaders[cls])

    async def batch_load_fn(self, keys: list[K]) -> list[V]:
        return self.read(keys)

    def read(self, keys: list[K]) -> list[V]:
        """The values for these keys, in their order."""
        raise NotImplementedError
