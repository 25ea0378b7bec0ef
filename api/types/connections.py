"""Relay connections with keyset cursors: a page starts after a row's key, not at an offset.

So each page costs the same, and a cursor stays valid while rows are added and deleted.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import graphene
import orjson
from django.db.models import Model, Q, QuerySet

from api.http.codes import Code
from api.http.errors import BadUserInput

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100


# --- Keys and cursors ----------------------------------------------------------------------------------------------


class Key(NamedTuple):
    """A row's position in an ordering: the value of its column, and its id among rows with the same value."""

    value: Any
    id: int


@dataclass(frozen=True)
class Ordering:
    """An order of rows: by one column that is never null, then by id.

    Cursors contain its name, so that a cursor of another ordering is refused.
    """

    noun: str
    column: str
    is_descending: bool = False

    @property
    def name(self) -> str:
        return f"{'-' if self.is_descending else ''}{self.noun}.{self.column}"

    @property
    def compared(self) -> str:
        """The column that the database compares: for names, the folded one, which folds the name of a cursor."""
        return "folded_name" if self.column == "name" else self.column

    def cursor(self, row: Model) -> str:
        """The row's position as opaque text."""
        value = getattr(row, self.column)
        key = [self.name, value.isoformat() if isinstance(value, datetime) else value, row.pk]
        return urlsafe_b64encode(orjson.dumps(key)).decode()

    def key(self, cursor: str) -> Key:
        """The position that a cursor encodes. Raises BadUserInput with INVALID_CURSOR."""
        try:
            name, value, pk = orjson.loads(urlsafe_b64decode(cursor))
            if not (isinstance(name, str) and isinstance(value, str) and type(pk) is int and 0 <= pk < 2**63):
                raise TypeError
            if "\0" in value:  # no column contains it, and PostgreSQL refuses to compare with it
                raise ValueError
            if name == self.name and self.column.endswith("_at"):
                value = datetime.fromisoformat(value)
                if value.tzinfo is not UTC:
                    raise ValueError
        except (ValueError, TypeError) as error:
            raise BadUserInput("This is not a cursor.", code=Code.INVALID_CURSOR) from error
        if name != self.name:
            raise BadUserInput("This cursor belongs to another ordering.", code=Code.INVALID_CURSOR)
        return Key(value, pk)

    def beyond(self, key: Key, *, backward: bool) -> Q:
        """The condition for rows after this position, or before it. Its first part makes the index usable."""
        comparison = "lt" if self.is_descending != backward else "gt"
        further = Q(**{f"{self.compared}__{comparison}": key.value}) | Q(**{f"pk__{comparison}": key.id})
        return Q(**{f"{self.compared}__{comparison}e": key.value}) & further

    def columns(self, *, backward: bool) -> tuple[str, str]:
        sign = "-" if self.is_descending != backward else ""
        return f"{sign}{self.compared}", f"{sign}pk"


# --- Page requests -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PageRequest:
    """One page of an ordering: `size` rows from its start or its end, between two positions."""

    ordering: Ordering
    size: int
    is_backward: bool
    after: Key | None
    before: Key | None

    def slice(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the page, in reading direction, and one more if it exists."""
        if self.after is not None:
            queryset = queryset.filter(self.ordering.beyond(self.after, backward=False))
        if self.before is not None:
            queryset = queryset.filter(self.ordering.beyond(self.before, backward=True))
        return queryset.order_by(*self.ordering.columns(backward=self.is_backward))[: self.size + 1]

    def page(self, sliced: list[Any], count: Callable[[], int | Awaitable[int]]) -> "Page":
        """The page of the rows that `slice` selects. count: returns the number of all rows."""
        rows, has_more = sliced[: self.size], len(sliced) > self.size
        if self.is_backward:
            rows.reverse()
            has_next, has_previous = self.before is not None, has_more or self.after is not None
        else:
            has_next, has_previous = has_more or self.before is not None, self.after is not None
        return Page(rows, self.ordering, has_next, has_previous, count)


def page_request(
    ordering: Ordering,
    *,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> PageRequest:
    """Decode the arguments of a connection. Raises BadUserInput, with INVALID_CURSOR for a cursor."""
    if first is not None and last is not None:
        raise BadUserInput("Ask for the first or for the last, not for both.")
    size = first if first is not None else last
    if size is None:
        size = DEFAULT_PAGE_SIZE
    if not 1 <= size <= MAX_PAGE_SIZE:
        raise BadUserInput(f"A page has 1 to {MAX_PAGE_SIZE} items.")
    return PageRequest(
        ordering=ordering,
        size=size,
        is_backward=last is not None,
        after=None if after is None else ordering.key(after),
        before=None if before is None else ordering.key(before),
    )


def paginate(queryset: QuerySet[Any], request: PageRequest) -> "Page":
    """Read one page now. Pages of many parents' lists go through `PageLoader` instead."""
    return request.page(list(request.slice(queryset)), queryset.count)


# --- Pages ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Edge:
    node: Any
    ordering: Ordering

    @property
    def cursor(self) -> str:
        return self.ordering.cursor(self.node)


@dataclass(frozen=True)
class Page:
    """The object of a connection; its rows are counted only when `totalCount` is selected."""

    nodes: list[Any]
    ordering: Ordering
    has_next_page: bool
    has_previous_page: bool
    count: Callable[[], int | Awaitable[int]]

    @property
    def edges(self) -> list[Edge]:
        return [Edge(node, self.ordering) for node in self.nodes]

    @property
    def page_info(self) -> "Page":
        return self

    @property
    def start_cursor(self) -> str | None:
        return self.ordering.cursor(self.nodes[0]) if self.nodes else None

    @property
    def end_cursor(self) -> str | None:
        return self.ordering.cursor(self.nodes[-1]) if self.nodes else None

    @property
    def total_count(self) -> int | Awaitable[int]:
        return self.count()


class PageInfo(graphene.ObjectType):
    """Whether a list goes on before and after a page, and the cursors of its ends."""

    has_next_page = graphene.Boolean(required=True, description="Whether more items follow this page.")
    has_previous_page = graphene.Boolean(required=True, description="Whether more items precede this page.")
    start_cursor = graphene.String(description="The cursor of the page's first item; null when it is empty.")
    end_cursor = graphene.String(description="The cursor of the page's last item; null when it is empty.")


def connection_type(node: type[graphene.ObjectType], *, bound: str = "") -> type[graphene.ObjectType]:
    """The connection of a type, and its edge. bound: a sentence on how many items are counted, unless all are."""
    noun = node._meta.name
    count = " ".join(filter(None, ["How many items all pages have together; counted only when selected.", bound]))
    edge = type(
        f"{noun}Edge",
        (graphene.ObjectType,),
        {
            "__doc__": f"One {noun} and its cursor.",
            "cursor": graphene.String(required=True, description="Its position in the list, for after and before."),
            "node": graphene.Field(node, required=True, description=f"The {noun}."),
        },
    )
    return type(
        f"{noun}Connection",
        (graphene.ObjectType,),
        {
            "__doc__": f"A page of a list of {noun} objects.",
            "edges": graphene.List(graphene.NonNull(edge), required=True, description="The items with their cursors."),
            "nodes": graphene.List(graphene.NonNull(node), required=True, description="The items."),
            "page_info": graphene.Field(
                PageInfo, required=True, description="Whether the list goes on before and after the page."
            ),
            "total_count": graphene.Int(required=True, description=count),
        },
    )


FORWARD = {
    "first": graphene.Int(description=f"How many from the start: 1 to {MAX_PAGE_SIZE}. Default: {DEFAULT_PAGE_SIZE}."),
    "after": graphene.String(description="Only items after this cursor."),
}
BOTH_WAYS = {
    **FORWARD,
    "last": graphene.Int(description=f"How many from the end: 1 to {MAX_PAGE_SIZE}."),
    "before": graphene.String(description="Only items before this cursor."),
}
