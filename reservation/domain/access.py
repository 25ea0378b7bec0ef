"""Object-level access: which people and reservations a caller may see, and what it may do to them.

An object that a caller may not see is not found: every look-up goes through one of these querysets.
"""

from collections.abc import Callable, Collection, Mapping
from functools import cache, reduce
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from database.compiled_query import CompiledSelect
from reservation.domain.caller import Caller
from reservation.domain.errors import Forbidden, NotFound
from reservation.domain.permissions import Permission
from reservation.models import Client, Provider, Reservation, Service
from reservation.models.reservation import ReservationQuerySet
from reservation.policy import MAY, Action, Role

M = TypeVar("M", bound=Model)

CLIENT_AND_ADDRESS = (*(field.name for field in Client._meta.concrete_fields), "user__email")
"""The columns of a client, and those of its account that the API shows; not the hash of its password."""


def roles(caller: Caller, reservation: Reservation) -> frozenset[Role]:
    """The caller's roles for this reservation; empty when it has nothing to do with it."""
    is_role = {
        Role.CLIENT: reservation.client_id == caller.client_id,
        Role.PROVIDER: reservation.provider_id == caller.provider_id,
        Role.STAFF: caller.is_staff,
    }
    return frozenset(role for role, applies in is_role.items() if applies)


def visible_reservations(caller: Caller) -> ReservationQuerySet:
    """The reservations that the caller may see: a client's own, a provider's own, and all of them for staff."""
    if caller.is_staff:
        return Reservation.objects.all()
    keys = {"client_id": caller.client_id, "provider_id": caller.provider_id}
    own = [Q(**{name: key}) for name, key in keys.items() if key is not None]
    return Reservation.objects.filter(reduce(Q.__or__, own)) if own else Reservation.objects.none()


def visible_clients(caller: Caller) -> QuerySet[Client]:
    """The clients that the caller may see: itself, a provider's own clients, and all of them for staff.

    Each is read with its account's address.
    """
    clients = Client.objects.select_related("user").only(*CLIENT_AND_ADDRESS)
    if caller.is_staff:
        return clients
    own = Q(pk=caller.client_id)
    if caller.provider_id is not None:
        own |= Q(Exists(Reservation.objects.filter(client_id=OuterRef("pk"), provider_id=caller.provider_id)))
    return clients.filter(own)


def client_for(caller: Caller, client_id: int, *, permission: Permission) -> Client:
    """The client that the caller may change: itself, or, for staff with this permission, any.

    Raises NotFound, and Forbidden for a provider of the client and for staff without the permission.
    """
    # `defer(None)`: with all columns of its account.
    client = visible_clients(caller).defer(None).filter(pk=client_id).first()
    if client is None:
        raise NotFound("client", field="client_id")
    if caller.client_id == client.pk:
        return client
    if not caller.is_staff:
        raise Forbidden("Only the client itself or staff may do this.", field="client_id")
    caller.require(permission, field="client_id")
    return client


def find_visible(visible: Callable[[Caller], QuerySet[M]], *, caller: Caller, ids: Collection[int]) -> list[M]:
    """The objects with these ids that the caller may see, unordered."""
    keys = {"client_id": caller.client_id, "provider_id": caller.provider_id}
    given = {name: key for name, key in keys.items() if key is not None}
    return select_visible(visible, is_staff=caller.is_staff)(ids=list(ids), **given)


VISIBLE: Mapping[type[Model], Callable[[Caller], QuerySet[Any]]] = {
    Client: visible_clients,
    Reservation: visible_reservations,
    Provider: lambda _caller: Provider.objects.all(),
    Service: lambda _caller: Service.objects.all(),
}
"""The objects of each model that a caller may see."""


def find_one_visible(model: type[M], *, caller: Caller, pk: int) -> M | None:
    """The object with this primary key; None when there is none that the caller may see."""
    found: M | None = VISIBLE[model](caller).filter(pk=pk).first()
    return found


@cache
def select_visible(visible: Callable[[Caller], QuerySet[M]], *, is_staff: bool) -> CompiledSelect[..., M]:
    """The compiled query of `find_visible`. The SQL depends on is_staff; the caller's ids are params."""

    def build(ids: list[int], **keys: Any) -> QuerySet[M]:
        return visible(Caller(is_staff=is_staff, **keys)).filter(pk__in=ids)

    return CompiledSelect(build)


def reservation_for(action: Action, *, caller: Caller, reservation_id: int) -> Reservation:
    """The reservation, if the caller may do this to it.

    Raises NotFound when it may not see it, and Forbidden when it may not do this.
    """
    found = find_visible(visible_reservations, caller=caller, ids=[reservation_id])
    if not found:
        raise NotFound("reservation", field="reservation_id")
    [reservation] = found
    require_admitted(action, caller=caller, reservation=reservation)
    return reservation


def require_admitted(action: Action, *, caller: Caller, reservation: Reservation) -> None:
    """Raise Forbidden unless one of the caller's roles may do this; staff needs the permission."""
    admitting = MAY[action] & roles(caller, reservation)
    if not admitting:
        who = " or ".join(sorted(MAY[action]))
        raise Forbidden(f"Only {who} may {action} a reservation.", field="reservation_id")
    if admitting <= {Role.STAFF}:
        caller.require(Permission.CHANGE_RESERVATION, field="reservation_id")
