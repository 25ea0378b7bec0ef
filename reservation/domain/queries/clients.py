"""Finding clients, for staff."""

from django.db.models import Q, QuerySet

from reservation.domain.access import visible_clients
from reservation.domain.caller import Caller
from reservation.domain.validation import check_search
from reservation.models import Client
from reservation.policy import ERASED_EMAIL

PHONE_CHARACTERS = frozenset("+(0123456789")


def find_clients(*, caller: Caller, search: str | None = None) -> QuerySet[Client]:
    """Everyone whose name or address contains the text, for staff; unordered.

    Raises Forbidden, and InvalidInput for a search that is too long.
    """
    caller.require_staff()
    check_search(search)
    if search is None:
        return visible_clients(caller)
    return visible_clients(caller).filter(Q(name__icontains=search) | Q(user__email__icontains=search))


def suggest_clients(*, caller: Caller, search: str, limit: int) -> list[Client]:
    """At most so many, by name, for staff: whose name or address begins with the text; while there is room, those too
    who have it at the beginning of another word of the name, or, when it begins like a number, in their number.

    What begins with it comes from an index. The rest takes a look at every name, which stand in an index by themselves,
    or at every number. Raises Forbidden, and InvalidInput for a search that is too long.
    """
    caller.require_staff()
    check_search(search)
    text = search.strip()
    clients = visible_clients(caller).exclude(user__email=ERASED_EMAIL)
    inside = Q(phone__contains=text) if text[:1] in PHONE_CHARACTERS else Q(name__icontains=f" {text}")
    found: list[int] = []
    for condition in (Q(name__istartswith=text), Q(user__email__istartswith=text), inside) if text else ():
        if len(found) < limit:
            # Only keys: rows are read for those alone who are found.
            keys = Client.objects.filter(condition).order_by("name", "pk").values_list("pk", flat=True)
            found += [pk for pk in keys[:limit] if pk not in found][: limit - len(found)]
    people = clients.in_bulk(found)
    return [people[pk] for pk in found if pk in people]
