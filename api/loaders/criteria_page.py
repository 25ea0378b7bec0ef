"""Pages of many parents' lists with the same kind of criteria: one statement, of compiled branches."""

from functools import partial
from typing import Any

from api.loaders.base import Loader
from api.loaders.compiled_page import page_statement
from api.loaders.page import MAX_BRANCHES, CountLoader
from api.types.connections import Page, PageRequest
from database.compiled_union import CompiledBranch, select_union
from reservation.domain.queries.criteria import Criteria

Branch: type[CompiledBranch[Any]] = CompiledBranch
"""The class with its type argument."""

CriteriaPageKey = tuple[Criteria[Any], PageRequest]


class CriteriaPageLoader(Loader[CriteriaPageKey, Page]):
    """The page of each of these criteria, which are all of one model."""

    cache = False
    max_batch_size = MAX_BRANCHES

    def read(self, keys: list[CriteriaPageKey]) -> list[Page]:
        rows = select_union([page_statement(criteria, request, Branch) for criteria, request in keys])
        return [
            request.page(found, partial(self.count, criteria))
            for (criteria, request), found in zip(keys, rows, strict=True)
        ]

    async def count(self, criteria: Criteria[Any]) -> int:
        return await CountLoader.of(self.context).load(criteria.counted())
