"""Pages of many parents' lists that are found alike: one statement, in which the text of one is written once."""

from functools import partial

from api.loaders.base import Loader
from api.loaders.compiled_page import Listing, asked
from api.loaders.page import MAX_BRANCHES, CountLoader
from api.types.connections import Page, PageRequest
from database.compiled_union import CompiledBranch, select_union

ListingKey = tuple[Listing, PageRequest]


class ListingPageLoader(Loader[ListingKey, Page]):
    """Answers the page of each listing; all of them are of one model."""

    cache = False
    max_batch_size = MAX_BRANCHES

    def read(self, keys: list[ListingKey]) -> list[Page]:
        rows = select_union([asked(listing, request, CompiledBranch) for listing, request in keys])
        return [
            request.page(found, partial(self.count, listing))
            for (listing, request), found in zip(keys, rows, strict=True)
        ]

    async def count(self, listing: Listing) -> int:
        return await CountLoader.of(self.context).load(listing.in_database)
