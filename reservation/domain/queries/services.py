"""Finding services."""

from reservation.domain.validation import check_search
from reservation.models import Service
from reservation.models.named import NamedQuerySet


def find_services(*, search: str | None = None, provider_id: int | None = None) -> NamedQuerySet[Service]:
    """Services whose name contains the text, and that the provider offers; unordered.

    Raises InvalidInput for a search that is too long.
    """
    check_search(search)
    conditions = {"folded_name__contains": search and search.strip(), "providers": provider_id}
    return Service.objects.filter(**{lookup: value for lookup, value in conditions.items() if value is not None})
