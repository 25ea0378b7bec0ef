"""Pages of open appointments that stand on days in Memcached: those of all parents are looked for together."""

from functools import partial

from api.loaders.base import Loader
from api.loaders.page import CountLoader
from api.types.connections import Key, Page, PageRequest
from cache.calendar_days import microseconds
from cache.open_appointments import END, START, Openings, Place, Search, find_openings

OpeningsKey = tuple[Openings, PageRequest]


def is_kept(openings: Openings, request: PageRequest) -> bool:
    """Whether this page can be read without the database."""
    return not request.is_backward and openings.are_kept


class OpeningsLoader(Loader[OpeningsKey, Page]):
    """Answers the page of each. What is counted is counted in the database."""

    cache = False

    def read(self, keys: list[OpeningsKey]) -> list[Page]:
        searches = [
            Search(
                openings,
                size=request.size + 1,
                since=START if request.after is None else place(request.after, offset=1),
                until=END if request.before is None else place(request.before),
            )
            for openings, request in keys
        ]
        find_openings(searches, check=self.context.deadline.check)
        return [
            request.page(search.found, partial(self.count, openings))
            for (openings, request), search in zip(keys, searches, strict=True)
        ]

    async def count(self, openings: Openings) -> int:
        return await CountLoader.of(self.context).load(openings.in_database)


def place(key: Key, *, offset: int = 0) -> Place:
    return microseconds(key.value), key.id + offset
