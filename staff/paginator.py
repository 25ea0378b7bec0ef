"""Pages of a list that is never counted to its end."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

MOST = 2000
"""So many rows are counted, and can be turned to; whoever looks for more of them narrows the list."""


class BoundedPaginator(Paginator):
    template_name = "admin/bounded_pagination.html"

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:MOST].count()) if hasattr(rows, "order_by") else len(rows)

    @property
    def is_more(self) -> bool:
        """Whether there may be rows beyond the last page."""
        return self.count == MOST
