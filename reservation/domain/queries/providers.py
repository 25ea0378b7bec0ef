"""Finding providers."""

from reservation.domain.validation import check_search
from reservation.models import Provider
from reservation.models.named import NamedQuerySet


def find_providers(
    *, search: str | None = None, service_id: int | None = None, is_active: bool | None = None
) -> NamedQuerySet[Provider]:
    """Providers whose name contains the text, who offer the service, and who are active or not; unordered.

    Raises InvalidInput for a search that is too long.
    """
    check_search(search)
    conditions = {"folded_name__contains": search and search.strip(), "services": service_id, "is_active": is_active}
    return Provider.objects.filter(**{lookup: value for lookup, value in conditions.items() if value is not None})
