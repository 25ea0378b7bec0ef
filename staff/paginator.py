"""A paginator that counts a bounded number of rows, so that a list costs the same in a table of any size."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

MAX_COUNTED = 2000
"""The rows that are counted and paginated; filters lead to the others."""


class BoundedPaginator(Paginator):
    template_name = "admin/bounded_pagination.html"

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:MAX_COUNTED].count()) if hasattr(rows, "order_by") else len(rows)

    @property
    def is_more(self) -> bool:
        """Whether there may be rows beyond the last page."""
        return self.count == MAX_COUNTED
