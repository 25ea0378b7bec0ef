"""Pages whose statement is written once for each shape: the ORM takes longer to write one than MariaDB to answer it."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from django.db.models import QuerySet

from api.connections import Key, Ordering, Page, PageRequest
from reservation.database.written_once import WrittenSelect, shape_of

Find = Callable[..., QuerySet[Any]]
Fixed = tuple[tuple[str, Any], ...]
Shape = tuple[tuple[str, int | None], ...]

MAX_SHAPES = 200
"""How many statements are kept: a caller chooses the size of its page, and by what it asks for one. Each has some 50 KB
for each thread."""


def written_page(find: Find, request: PageRequest, *, fixed: dict[str, Any], **conditions: Any) -> Page:
    """The page of what is found under these conditions; None is none.

    fixed: conditions that are part of the text, and few. `find` looks at the values of no others.
    """
    given = {name: value for name, value in conditions.items() if value is not None}
    absent = tuple(sorted(conditions.keys() - given.keys()))
    keys = {name: key._asdict() for name, key in (("after", request.after), ("before", request.before)) if key}
    bounds = {f"{name}_{part}": value for name, key in keys.items() for part, value in key.items()}
    values = given | bounds
    fixed_here = (*fixed.items(), *dict.fromkeys(absent).items())
    select = select_page(
        find, fixed_here, shape_of(values), request.ordering, size=request.size, is_backward=request.is_backward
    )
    return request.page(select(**values), partial(count, find, fixed | conditions))


@lru_cache(MAX_SHAPES)
def select_page(
    find: Find, fixed: Fixed, _shape: Shape, ordering: Ordering, *, size: int, is_backward: bool
) -> WrittenSelect[..., Any]:
    """A select for each shape of its values, so that each has one statement."""

    def say(**places: Any) -> QuerySet[Any]:
        after, before = (
            Key(places.pop(f"{name}_value"), places.pop(f"{name}_id")) if f"{name}_id" in places else None
            for name in ("after", "before")
        )
        request = PageRequest(ordering=ordering, size=size, is_backward=is_backward, after=after, before=before)
        return request.slice(find(**dict(fixed), **places))

    return WrittenSelect(say)


def count(find: Find, conditions: dict[str, Any]) -> int:
    return find(**conditions).count()
