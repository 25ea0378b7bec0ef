from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from staff.ids import parse_id


class RelatedRowFilter(AutocompleteSelectFilter):
    """By a related row, which is found while typing."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Returns the rows. Raises IncorrectLookupParameters for what is no id: the choices could not be drawn."""
        value = self.value()
        if value and parse_id(value) is None:
            raise IncorrectLookupParameters
        found: QuerySet[Any] | None = super().queryset(request, queryset)
        return found
