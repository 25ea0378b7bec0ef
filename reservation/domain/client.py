"""Who reserves time."""

from datetime import datetime

from django.db.models import Q, QuerySet

from reservation.domain.access import client_for, visible_clients
from reservation.domain.account import new_account, open_account
from reservation.domain.caller import Caller
from reservation.domain.command import command
from reservation.domain.permissions import Permission
from reservation.domain.validation import check_fields, check_search, set_given
from reservation.models import Client, User
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


def register_client(*, user: User, name: str, time_zone: str | None = None, now: datetime) -> Client:
    """Make the client of a new account. Call it in the transaction that makes the account.

    Raises InvalidInput.
    """
    client = Client(user=user, name=name, created_at=now)
    changed = set_given(client, time_zone=time_zone)
    check_fields(client, {"name", *changed})
    client.save(force_insert=True)
    return client


@command(result=Client)
def create_client(
    *,
    caller: Caller,
    name: str,
    email: str,
    phone: str | None = None,
    time_zone: str | None = None,
    now: datetime,
) -> Client:
    """Add a client and its account, which gets its password by a reset; staff only.

    Raises Forbidden, InvalidInput and EmailTaken.
    """
    caller.require(Permission.ADD_CLIENT)
    user = new_account(email)
    client = Client(user=user, name=name, created_at=now)
    changed = set_given(client, phone=phone, time_zone=time_zone)
    check_fields(client, {"name", *changed})
    open_account(user)
    client.save(force_insert=True)
    return client


@command(result=Client)
def update_client(
    *,
    caller: Caller,
    client_id: int,
    name: str | None = None,
    phone: str | None = None,
    time_zone: str | None = None,
    now: datetime,
) -> Client:
    """Change what is given; the client itself and staff may.

    Raises NotFound, Forbidden and InvalidInput.
    """
    client = client_for(caller, client_id, permission=Permission.CHANGE_CLIENT)
    changed = set_given(client, name=name, phone=phone, time_zone=time_zone)
    check_fields(client, changed)
    client.save(update_fields=changed)
    return client
