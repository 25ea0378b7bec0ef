"""Finding clients, for staff."""

from django.db.models import Q, QuerySet

from reservation.domain.access import visible_clients
from reservation.domain.caller import Caller
from reservation.domain.validation import check_search
from reservation.models import Client
from reservation.models.email import searched_text
from reservation.models.named import LAST_CHARACTER
from reservation.policy import ERASED_EMAIL

PHONE_CHARACTERS = frozenset("+(0123456789")


def find_clients(*, caller: Caller, search: str | None = None) -> QuerySet[Client]:
    """All clients whose name or address contains the text, for staff; unordered.

    Raises Forbidden, and InvalidInput for a search that is too long.
    """
    caller.require_staff()
    check_search(search)
    if search is None:
        return visible_clients(caller)
    return visible_clients(caller).filter(person_contains(search))


def person_contains(text: str) -> Q:
    """The condition for clients, or providers, whose name or address contains the text, whatever its case; accents
    matter in addresses only."""
    text = text.strip()
    return Q(folded_name__contains=text) | Q(user__email__icontains=text)


def suggest_clients(*, caller: Caller, search: str, limit: int) -> list[Client]:
    """At most `limit` clients for an autocompletion, for staff: first those whose name begins with the text, then those
    whose address does, then those with a later word of the name that does, or with the text in the phone number.

    The first two are found by an index; the last reads every name, from an index, or every number.
    Raises Forbidden, and InvalidInput for a search that is too long.
    """
    caller.require_staff()
    check_search(search)
    text = search.strip()
    clients = visible_clients(caller).exclude(user__email=ERASED_EMAIL)
    inside = Q(phone__contains=text) if text[:1] in PHONE_CHARACTERS else Q(folded_name__contains=f" {text}")
    email = searched_text(text)
    address = Q(user__email__gte=email, user__email__lt=f"{email}{LAST_CHARACTER}")  # by the index
    found: list[int] = []
    for condition in (Q(folded_name__startswith=text), address, inside) if text else ():
        if len(found) < limit:
            # Only keys: rows are read only of the clients that are returned.
            keys = Client.objects.filter(condition).by_name().values_list("pk", flat=True)
            found += [pk for pk in keys[:limit] if pk not in found][: limit - len(found)]
    people = clients.in_bulk(found)
    return [people[pk] for pk in found if pk in people]
