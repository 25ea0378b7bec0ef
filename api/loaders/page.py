"""Pages of the lists of many parents: the services of ten providers are read with one statement."""

from functools import partial
from typing import Any

from django.db.models import QuerySet

from api.loaders.base import Loader
from api.types.connections import Page, PageRequest
from database.union import count_each, select_each

PageKey = tuple[QuerySet[Any], PageRequest]

MAX_BRANCHES = 400
"""How many lists one statement reads. SQLite compounds at most 500 SELECTs."""


class PageLoader(Loader[PageKey, Page]):
    """The page of each queryset. Keys are not cached, since a queryset equals only itself."""

    cache = False
    max_batch_size = MAX_BRANCHES

    def read(self, keys: list[PageKey]) -> list[Page]:
        rows = select_each([request.slice(queryset) for queryset, request in keys])
        return [
            request.page(found, partial(CountLoader.of(self.context).load, queryset))
            for (queryset, request), found in zip(keys, rows, strict=True)
        ]


class CountLoader(Loader[QuerySet[Any], int]):
    """The number of rows of each queryset."""

    cache = False
    max_batch_size = MAX_BRANCHES

    def read(self, keys: list[QuerySet[Any]]) -> list[int]:
        return count_each(keys)
