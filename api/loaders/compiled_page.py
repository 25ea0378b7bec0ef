"""Pages whose statement is written once for each shape: the ORM takes longer to write one than MariaDB to answer it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar, cast

from django.db.models import QuerySet

from api.types.connections import Key, Ordering, Page, PageRequest
from database.compiled_query import CompiledSelect, shape_of

Find = Callable[..., QuerySet[Any]]
Fixed = tuple[tuple[str, Any], ...]
Shape = tuple[tuple[str, int | None], ...]
W = TypeVar("W", bound=CompiledSelect[..., Any])

MAX_SHAPES = 200
"""How many statements are kept: a caller chooses the size of its page, and by what it asks for one. Each has some 50 KB
for each thread."""


@dataclass(frozen=True)
class Listing:
    """What is found under these conditions; None is none.

    fixed: conditions that are part of the text, and few. `find` looks at the values of no others.
    """

    find: Find
    fixed: dict[str, Any]
    conditions: dict[str, Any]

    @property
    def in_database(self) -> QuerySet[Any]:
        return self.find(**self.fixed, **self.conditions)


def compiled_page(find: Find, request: PageRequest, *, fixed: dict[str, Any], **conditions: Any) -> Page:
    """The page of what is found under these conditions."""
    listing = Listing(find, fixed, conditions)
    select, values = asked(listing, request, CompiledSelect)
    return request.page(select(**values), lambda: listing.in_database.count())


def asked(listing: Listing, request: PageRequest, write: type[W]) -> tuple[W, dict[str, Any]]:
    """The statement of a page, and the values that stand in it."""
    given = {name: value for name, value in listing.conditions.items() if value is not None}
    absent = tuple(sorted(listing.conditions.keys() - given.keys()))
    for name, key in (("after", request.after), ("before", request.before)):
        if key is not None:
            given |= {f"{name}_{part}": value for part, value in key._asdict().items()}
    fixed = (*listing.fixed.items(), *dict.fromkeys(absent).items())
    page = {"size": request.size, "is_backward": request.is_backward, "write": write}
    return cast("W", select_page(listing.find, fixed, shape_of(given), request.ordering, **page)), given


@lru_cache(MAX_SHAPES)
def select_page(
    find: Find,
    fixed: Fixed,
    _shape: Shape,
    ordering: Ordering,
    *,
    size: int,
    is_backward: bool,
    write: type[CompiledSelect[..., Any]],
) -> CompiledSelect[..., Any]:
    """A select for each shape of its values, so that each has one statement."""

    def say(**places: Any) -> QuerySet[Any]:
        after, before = (
            Key(places.pop(f"{name}_value"), places.pop(f"{name}_id")) if f"{name}_id" in places else None
            for name in ("after", "before")
        )
        request = PageRequest(ordering=ordering, size=size, is_backward=is_backward, after=after, before=before)
        return request.slice(find(**dict(fixed), **places))

    return write(say)
