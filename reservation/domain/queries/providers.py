"""Finding providers."""

from django.db.models import QuerySet

from reservation.domain.validation import check_search
from reservation.models import Provider


def find_providers(
    *, search: str | None = None, service_id: int | None = None, is_active: bool | None = None
) -> QuerySet[Provider]:
    """Providers whose name contains the text, who offer the service, and who are active or not; unordered.

    Raises InvalidInput for a search that is too long.
    """
    check_search(search)
    conditions = {"name__icontains": search, "services": service_id, "is_active": is_active}
    return Provider.objects.filter(**{lookup: value for lookup, value in conditions.items() if value is not None})
