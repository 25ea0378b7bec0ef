"""The base of data loaders: each belongs to one request, and reads on its thread."""

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


class Loader(DataLoader[K, V], Generic[K, V]):
    """A subclass reads the values of many keys with one statement in `read`; it is named for its key."""

    def __init__(self, context: Context) -> None:
        super().__init__(loop=thread_loop())
        self.context = context

    @classmethod
    def of(cls, context: Context) -> Self:
        """The loader of this class that the request has; it is made on first use."""
        if cls not in context.loaders:
            context.loaders[cls] = cls(context)
        return cast("Self", context.loaders[cls])

    async def batch_load_fn(self, keys: list[K]) -> list[V]:
        return self.read(keys)

    def read(self, keys: list[K]) -> list[V]:
        """The values for these keys, in their order."""
        raise NotImplementedError


def load_by(loader: type[Loader[Any, V]], attribute: str) -> Callable[..., Awaitable[V] | None]:
    """A resolver that loads the object whose key is in this attribute; null where the key is None.

    For a column of objects it loads each key once, since many of them often share a few keys.
    """
    key_of = attrgetter(attribute)

    def load_column(sources: list[Any], _types: set[type], info: GraphQLResolveInfo) -> list[Awaitable[V] | None]:
        load = loader.of(info.context).load
        keys = list(map(key_of, sources))
        loaded = {key: None if key is None else load(key) for key in dict.fromkeys(keys)}
        return [loaded[key] for key in keys]

    @resolves_column(load_column)
    def load_one(root: Any, info: GraphQLResolveInfo) -> Awaitable[V] | None:
        key = key_of(root)
        return None if key is None else loader.of(info.context).load(key)

    return load_one


def then(value: V | Awaitable[V], transform: Callable[[V], W | Awaitable[W]]) -> W | Awaitable[W]:
    """Returns transform(value). For an awaitable value, returns an awaitable of transform(its result)."""
    return resume(value, transform) if isawaitable(value) else transform(value)


async def resume(value: Awaitable[V], transform: Callable[[V], W | Awaitable[W]]) -> W:
    result = transform(await value)
    if isawaitable(result):
        awaited: W = await result
        return awaited
    return result
