"""Pages read by compiled queries, one for each shape of a page: building the SQL takes longer than running it."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar, cast

from django.db.models import QuerySet

from api.types.connections import Key, Ordering, Page, PageRequest
from database.compiled_query import CompiledSelect, bucket_size
from reservation.domain.queries.criteria import Criteria

Shape = tuple[tuple[str, int | None], ...]
Structure = tuple[tuple[str, Any], ...]
C = TypeVar("C", bound=CompiledSelect[..., Any])

Select: type[CompiledSelect[..., Any]] = CompiledSelect
"""The class with its type arguments."""

MAX_SHAPES = 200
"""How many compiled queries are cached: the size of a page and its criteria are chosen by the caller. Each takes some
50 KB per thread."""


def compiled_page(criteria: Criteria[Any], request: PageRequest) -> Page:
    """Read this page now. Pages of many parents' lists go through `CriteriaPageLoader` instead."""
    select, values = page_statement(criteria, request, Select)
    return request.page(select(**values), lambda: criteria.counted().count())


def page_statement(criteria: Criteria[Any], request: PageRequest, kind: type[C]) -> tuple[C, dict[str, Any]]:
    """The compiled query of a page, and the values of its params."""
    make_criteria: Callable[..., Criteria[Any]] = type(criteria)
    structural = criteria.STRUCTURAL
    values: dict[str, Any] = {}
    structure: list[tuple[str, Any]] = []
    for name, value in vars(criteria).items():
        if value is None or name in structural:
            structure.append((name, value))
        else:
            values[name] = value
    if request.after is not None:
        values["after_value"], values["after_id"] = request.after
    if request.before is not None:
        values["before_value"], values["before_id"] = request.before
    shape = tuple((name, bucket_size(value)) for name, value in values.items())
    page = {"size": request.size, "is_backward": request.is_backward, "kind": kind}
    select = compile_page(make_criteria, tuple(structure), shape, request.ordering, **page)
    return cast("C", select), values


@lru_cache(MAX_SHAPES)
def compile_page(
    make_criteria: Callable[..., Criteria[Any]],
    structure: Structure,
    _shape: Shape,
    ordering: Ordering,
    *,
    size: int,
    is_backward: bool,
    kind: type[CompiledSelect[..., Any]],
) -> CompiledSelect[..., Any]:
    """A compiled query for pages of this shape.

    structure: the fields of the criteria that are not params: the structural ones, and those that are None.
    _shape: the names of the params with their bucket sizes, as part of the cache's key: each query has one statement.
    """

    def build(**params: Any) -> QuerySet[Any]:
        after, before = (
            Key(params.pop(f"{name}_value"), params.pop(f"{name}_id")) if f"{name}_id" in params else None
            for name in ("after", "before")
        )
        request = PageRequest(ordering=ordering, size=size, is_backward=is_backward, after=after, before=before)
        return request.slice(make_criteria(**dict(structure), **params).queryset())

    return kind(build)
