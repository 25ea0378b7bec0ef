"""Who may read each field and make each change. The schema cannot be built while a field has no entry.

The domain decides what a caller may reach: every look-up goes through the querysets of `domain.access`, and every
command checks its caller. This table states the result. A test compares each entry with what the API does, and the
fields of clients and reservations check it once more at run time.
"""

from collections.abc import Callable, Mapping
from enum import Flag, auto
from typing import Any

from django.db.models import Model
from graphene.utils.str_converters import to_camel_case
from graphql import GraphQLObjectType, GraphQLSchema, default_field_resolver, is_introspection_type

from api.execution import Column, PythonTypes, resolves_column
from reservation.domain.caller import Caller
from reservation.domain.errors import Forbidden
from reservation.models import Client, Provider, Reservation, Service
from reservation.models.public import public_fields


class Audience(Flag):
    """Who a field is for, by their relation to the object."""

    EVERYBODY = auto()
    """Every caller, logged in or not, with the same value for all: such fields may be cached."""

    VIEWER = auto()
    """Every caller, but the value depends on the caller."""

    OWNER = auto()
    """The client whom the object is about."""

    PROVIDER = auto()
    """The provider whom the object is about."""

    STAFF = auto()
    """Members of staff."""


EVERYBODY, VIEWER, OWNER, PROVIDER, STAFF = Audience
PARTIES = OWNER | PROVIDER | STAFF


def public_names(model: type[Model]) -> str:
    """The names of the model's public fields in the schema. A new field is public unless the model says otherwise."""
    return " ".join(to_camel_case(name) for name in public_fields(model))


PERMISSIONS: Mapping[str, Mapping[Audience, str]] = {
    "Query": {
        EVERYBODY: "provider providers service services appointment openAppointments nextOpenAppointment",
        VIEWER: "viewer node nodes client reservation reservations",
        STAFF: "clients",
    },
    "Mutation": {
        PARTIES: "cancelReservation",
        OWNER | STAFF: "reserveAppointment confirmReservation rescheduleReservation updateClient",
        PROVIDER | STAFF: "offerAppointments withdrawAppointments completeReservation markReservationNoShow"
        " updateProvider",
        STAFF: "createProvider createService updateService",
    },
    "Viewer": {VIEWER: "isAuthenticated isStaff email client provider"},
    "Provider": {EVERYBODY: f"{public_names(Provider)} services openAppointments"},
    "Service": {EVERYBODY: f"{public_names(Service)} providers"},
    "Appointment": {EVERYBODY: "id startsAt endsAt isOpen provider", PARTIES: "reservation"},
    "Client": {PARTIES: "id name email phone timeZone reservations"},
    "Reservation": {
        PARTIES: "id status startsAt endsAt expiresAt note createdAt confirmedAt cancelledAt cancelReason"
        " client provider service appointments",
    },
    "PageInfo": {EVERYBODY: "hasNextPage hasPreviousPage startCursor endCursor"},
    "UserError": {VIEWER: "code message field"},
}

WRAPPERS: Mapping[str, str] = {
    "Connection": "edges nodes pageInfo totalCount",
    "Edge": "cursor node",
}
"""Fields of wrapping types, by the suffix of their names: they have the audience of the type that they wrap."""


def audience(type_name: str, field: str) -> Audience:
    """Who may read this field, or make this change. Raises LookupError for a field without an entry."""
    for allowed, fields in PERMISSIONS.get(type_name, {}).items():
        if field in fields.split():
            return allowed
    for ending, fields in WRAPPERS.items():
        if type_name.endswith(ending) and field in fields.split():
            return audience(type_name.removesuffix(ending), "id")
    if type_name.endswith("Payload"):
        return VIEWER  # the caller who made the change
    raise LookupError(f"{type_name}.{field} has no entry in the table of permissions: add it to api/permissions.py.")


def is_admitted(allowed: Audience, *, caller: Caller, thing: Any) -> bool:
    """Whether the caller is in this audience of a client or a reservation.

    A client counts as visible to any provider: the look-up has already restricted providers to their own clients.
    """
    if allowed & (EVERYBODY | VIEWER) or (STAFF in allowed and caller.is_staff):
        return True
    if isinstance(thing, Client):
        is_owner, is_provider = thing.pk == caller.client_id, caller.provider_id is not None
    elif isinstance(thing, Reservation):
        is_owner, is_provider = thing.client_id == caller.client_id, thing.provider_id == caller.provider_id
    else:
        return False
    return (OWNER in allowed and is_owner) or (PROVIDER in allowed and is_provider)


def guard(schema: GraphQLSchema) -> GraphQLSchema:
    """Check that the table and the schema have the same fields, and guard those of clients and reservations.

    Raises LookupError for a field that has no entry, and for an entry that has no field.
    """
    for type_name, entries in PERMISSIONS.items():
        listed = set(" ".join(entries.values()).split())
        if unknown := listed - getattr(schema.get_type(type_name), "fields", {}).keys():
            raise LookupError(f"api/permissions.py has entries for fields that do not exist: {type_name} {unknown}.")
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not is_introspection_type(type_):
            for name, field in type_.fields.items():
                allowed = audience(type_.name, name)
                if type_.name in ("Client", "Reservation"):
                    field.resolve = guarded_resolver(field.resolve or default_field_resolver, allowed)
    return schema


def guarded_resolver(resolve: Callable[..., Any], allowed: Audience) -> Callable[..., Any]:
    """The resolver, which raises Forbidden for a caller outside this audience of the object."""

    def resolve_if_admitted(root: Any, info: Any, **arguments: Any) -> Any:
        if not is_admitted(allowed, caller=info.context.caller, thing=root):
            raise Forbidden("You may not see this field.")
        return resolve(root, info, **arguments)

    resolve_column = getattr(resolve, "resolve_column", None)
    if resolve_column is None:
        return resolve_if_admitted

    def resolve_column_if_admitted(roots: Column, types: PythonTypes, info: Any, **arguments: Any) -> Column:
        if not all(is_admitted(allowed, caller=info.context.caller, thing=root) for root in roots):
            raise Forbidden("You may not see all of these.")  # the executor then resolves each by itself
        admitted: Column = resolve_column(roots, types, info, **arguments)
        return admitted

    return resolves_column(resolve_column_if_admitted)(resolve_if_admitted)
