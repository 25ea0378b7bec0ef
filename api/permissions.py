"""Who may know of each field, and make each change. A field without an entry is an error when the schema is made.

What a caller may reach is decided in the domain, where every look-up goes through the sets of `domain.access`, and a
change asks who makes it. This table says what comes of it, a test holds every entry against what is answered, and the
fields of people and reservations ask it once more before they tell anything.
"""

from collections.abc import Callable, Mapping
from enum import Flag, auto
from typing import Any

from graphql import GraphQLSchema, default_field_resolver, is_introspection_type, is_object_type

from api.execution import Column, PythonTypes, resolves_column
from reservation.domain.caller import Caller
from reservation.domain.errors import Forbidden
from reservation.models import Client, Reservation


class Who(Flag):
    """What somebody is to the thing that is asked for."""

    EVERYBODY = auto()
    """Anybody, logged in or not, and everybody is told the same."""

    VIEWER = auto()
    """Anybody, about themselves or as far as they may know: what is told depends on who asks."""

    OWNER = auto()
    """The client whom it is about."""

    PROVIDER = auto()
    """The provider whom it is about."""

    STAFF = auto()
    """Who runs the place."""


EVERYBODY, VIEWER, OWNER, PROVIDER, STAFF = Who
PARTIES = OWNER | PROVIDER | STAFF

PERMISSIONS: Mapping[str, Mapping[Who, str]] = {
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
    "Provider": {EVERYBODY: "id name bio timeZone isActive services openAppointments"},
    "Service": {EVERYBODY: "id name description durationMinutes isActive providers"},
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
"""Types around others, by how their names end: what is in them is as public as what they wrap."""


def audience(type_name: str, field: str) -> Who:
    """Who may know of this field, or make this change. Raises LookupError for one that nobody thought of."""
    for who, fields in PERMISSIONS.get(type_name, {}).items():
        if field in fields.split():
            return who
    for ending, fields in WRAPPERS.items():
        if type_name.endswith(ending) and field in fields.split():
            return audience(type_name.removesuffix(ending), "id")
    if type_name.endswith("Payload"):
        return VIEWER  # who made the change is told what came of it
    raise LookupError(f"Nobody says who may know of {type_name}.{field}: add it to api/permissions.py.")


def is_admitted(who: Who, *, caller: Caller, thing: Any) -> bool:
    """Whether the caller is among these, to this client or reservation. What a provider may know was found by it."""
    if who & (EVERYBODY | VIEWER) or (STAFF in who and caller.is_staff):
        return True
    if isinstance(thing, Client):
        is_owner, is_provider = thing.pk == caller.client_id, caller.provider_id is not None
    elif isinstance(thing, Reservation):
        is_owner, is_provider = thing.client_id == caller.client_id, thing.provider_id == caller.provider_id
    else:
        return False
    return (OWNER in who and is_owner) or (PROVIDER in who and is_provider)


def guard(schema: GraphQLSchema) -> GraphQLSchema:
    """The schema, whose fields are all in the table, and those of people and reservations guarded by it.

    Raises LookupError for a field that has no entry, and for an entry that has no field.
    """
    for type_name, entries in PERMISSIONS.items():
        named = set(" ".join(entries.values()).split())
        if unknown := named - getattr(schema.get_type(type_name), "fields", {}).keys():
            raise LookupError(f"api/permissions.py says who may know of what is not there: {type_name} {unknown}.")
    for type_ in schema.type_map.values():
        if is_object_type(type_) and not is_introspection_type(type_):
            for name, field in type_.fields.items():  # type: ignore[attr-defined]
                who = audience(type_.name, name)
                if type_.name in ("Client", "Reservation"):
                    field.resolve = guarded(field.resolve or default_field_resolver, who)
    return schema


def guarded(resolve: Callable[..., Any], who: Who) -> Callable[..., Any]:
    def resolve_if_admitted(root: Any, info: Any, **arguments: Any) -> Any:
        if not is_admitted(who, caller=info.context.caller, thing=root):
            raise Forbidden("You may not know of this.")
        return resolve(root, info, **arguments)

    resolve_column = getattr(resolve, "resolve_column", None)
    if resolve_column is None:
        return resolve_if_admitted

    def resolve_column_if_admitted(roots: Column, kinds: PythonTypes, info: Any, **arguments: Any) -> Column:
        if not all(is_admitted(who, caller=info.context.caller, thing=root) for root in roots):
            raise Forbidden("You may not know of all of these.")  # each is then asked for by itself
        admitted: Column = resolve_column(roots, kinds, info, **arguments)
        return admitted

    return resolves_column(resolve_column_if_admitted)(resolve_if_admitted)
