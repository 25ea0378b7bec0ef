"""Whose is what: which people and reservations a caller may know of, and what it may do to them.

A foreign object answers as if it did not exist: every look-up goes through one of these sets.
"""

from collections.abc import Callable, Collection
from functools import cache, reduce
from operator import or_
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from database.compiled_query import CompiledSelect
from reservation.domain.caller import Caller
from reservation.domain.errors import Forbidden, NotFound
from reservation.domain.permissions import Permission
from reservation.models import Client, Reservation
from reservation.models.reservation import ReservationQuerySet
from reservation.policy import MAY, Action, Role

M = TypeVar("M", bound=Model)

CLIENT_AND_ADDRESS = (*(field.name for field in Client._meta.concrete_fields), "user__email")
"""All of a client, and of its account what the API shows; not the password's hash, among others."""


def roles(caller: Caller, reservation: Reservation) -> frozenset[Role]:
    """What the caller is to this reservation; empty for a stranger."""
    is_role = {
        Role.CLIENT: reservation.client_id == caller.client_id,
        Role.PROVIDER: reservation.provider_id == caller.provider_id,
        Role.STAFF: caller.is_staff,
    }
    return frozenset(role for role, applies in is_role.items() if applies)


def visible_reservations(caller: Caller) -> ReservationQuerySet:
    """A client's own, a provider's own, all of them for staff."""
    if caller.is_staff:
        return Reservation.objects.all()
    keys = {"client_id": caller.client_id, "provider_id": caller.provider_id}
    own = [Q(**{name: key}) for name, key in keys.items() if key is not None]
    return Reservation.objects.filter(reduce(or_, own)) if own else Reservation.objects.none()


def visible_clients(caller: Caller) -> QuerySet[Client]:
    """Oneself, a provider's own clients, all of them for staff; each with its account, for the address."""
    clients = Client.objects.select_related("user").only(*CLIENT_AND_ADDRESS)
    if caller.is_staff:
        return clients
    own = Q(pk=caller.client_id)
    if caller.provider_id is not None:
        own |= Q(Exists(Reservation.objects.filter(client_id=OuterRef("pk"), provider_id=caller.provider_id)))
    return clients.filter(own)


def client_for(caller: Caller, client_id: int, *, permission: Permission) -> Client:
    """The client that the caller runs: itself, or, for staff with this permission, anyone.

    Raises NotFound, and Forbidden for a provider of the client and for staff without the permission.
    """
    client = visible_clients(caller).defer(None).filter(pk=client_id).first()  # with all of its account
    if client is None:
        raise NotFound("client", field="client_id")
    if caller.client_id == client.pk:
        return client
    if not caller.is_staff:
        raise Forbidden("Only the client itself or staff may do this.", field="client_id")
    caller.require(permission, field="client_id")
    return client


def find_visible(among: Callable[[Caller], QuerySet[M]], *, caller: Caller, ids: Collection[int]) -> list[M]:
    """Those with these ids that the caller may know of, unordered."""
    keys = {"client_id": caller.client_id, "provider_id": caller.provider_id}
    known = {name: key for name, key in keys.items() if key is not None}
    return select_visible(among, is_staff=caller.is_staff)(ids=list(ids), **known)


@cache
def select_visible(among: Callable[[Caller], QuerySet[M]], *, is_staff: bool) -> CompiledSelect[..., M]:
    return CompiledSelect(lambda ids, **keys: among(Caller(is_staff=is_staff, **keys)).filter(pk__in=ids))


def reservation_for(action: Action, *, caller: Caller, reservation_id: int) -> Reservation:
    """The reservation that the caller wants to do this to.

    Raises NotFound, and Forbidden when somebody else must do it.
    """
    found = find_visible(visible_reservations, caller=caller, ids=[reservation_id])
    if not found:
        raise NotFound("reservation", field="reservation_id")
    [reservation] = found
    require_admitted(action, caller=caller, reservation=reservation)
    return reservation


def require_admitted(action: Action, *, caller: Caller, reservation: Reservation) -> None:
    """Raise Forbidden unless the caller is one of those who may do this to it; staff needs the permission."""
    admitting = MAY[action] & roles(caller, reservation)
    if not admitting:
        who = " or ".join(sorted(MAY[action]))
        raise Forbidden(f"Only {who} may {action} a reservation.", field="reservation_id")
    if admitting == {Role.STAFF}:
        caller.require(Permission.CHANGE_RESERVATION, field="reservation_id")
