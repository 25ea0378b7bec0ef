"""What loaders have in common: they live as long as the request, and read on its thread."""

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from operator import attrgetter
from typing import Any, Generic, Self, TypeVar, cast

from aiodataloader import DataLoader
from graphql import GraphQLResolveInfo

from api.context import Context
from api.execution import resolves_column, thread_loop

K = TypeVar("K")
V = TypeVar("V")
W = TypeVar("W")


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


def load_by(loader: type[Loader[Any, V]], attribute: str) -> Callable[..., Awaitable[V] | None]:
    """A resolver of what has the key that stands in this attribute, null where none does. A column of objects, most of
    which often have the same few, asks for each key once."""
    key_of = attrgetter(attribute)

    def load_column(sources: list[Any], _kinds: set[type], info: GraphQLResolveInfo) -> list[Awaitable[V] | None]:
        load = loader.of(info.context).load
        keys = list(map(key_of, sources))
        asked = {key: None if key is None else load(key) for key in dict.fromkeys(keys)}
        return [asked[key] for key in keys]

    @resolves_column(load_column)
    def load_one(root: Any, info: GraphQLResolveInfo) -> Awaitable[V] | None:
        key = key_of(root)
        return None if key is None else loader.of(info.context).load(key)

    return load_one


def then(value: V | Awaitable[V], go_on: Callable[[V], W | Awaitable[W]]) -> W | Awaitable[W]:
    """What this makes of the value: now if it is there, and otherwise once it is."""
    return resume(value, go_on) if isawaitable(value) else go_on(value)


async def resume(value: Awaitable[V], go_on: Callable[[V], W | Awaitable[W]]) -> W:
    made = go_on(await value)
    return await made if isawaitable(made) else made
