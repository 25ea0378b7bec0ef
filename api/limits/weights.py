"""The weights of fields and the sizes of lists. A list without a size is an error when the schema is created."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from graphql import GraphQLSchema, is_introspection_type, is_list_type, is_non_null_type

from reservation.policy import Policy

LIST_SIZES: dict[str, int | str | None] = {
    # The size is the length of a list argument, given by its name.
    "Query.nodes": "ids",
    # The size is the number of slots in the interval of the mutation.
    "OfferAppointmentsPayload.appointments": None,
    # The size is a typical number of items.
    "Reservation.appointments": 4,
    "UserError.field": 1,
    "__Schema.types": 100,
    "__Schema.directives": 6,
    "__Type.fields": 5,
    "__Type.interfaces": 1,
    "__Type.possibleTypes": 1,
    "__Type.enumValues": 2,
    "__Type.inputFields": 2,
    "__Field.args": 2,
    "__Directive.args": 2,
    "__Directive.locations": 3,
}
LIST_MAXIMA: dict[str, Callable[[Policy], int]] = {
    "Reservation.appointments": lambda policy: policy.run_length(policy.max_service_length),
}
"""How many items the lists have at most that have a typical number of them in LIST_SIZES."""

FREE_LISTS = ("userErrors",)
"""The lists of every payload whose items cost nothing."""

WEIGHTS: dict[str, float] = {
    # The calendar of each provider is read as a separate page.
    "Provider.openAppointments": 10,
    # Whole calendars are searched.
    "AppointmentConnection.totalCount": 50,
    # Introspection queries nest it nine times for the most deeply wrapped type; most types have at most one wrapper.
    "__Type.ofType": 0.01,
}
SERVICE_SEARCH_COSTS: dict[str, int] = {
    "Query.openAppointments": 300,
    "Query.nextOpenAppointment": 300,
    "Provider.openAppointments": 20,
}
"""The additional cost when a service or a duration is given: free runs of its length are searched slot by slot, perhaps
all slots."""

SERVICE_SEARCH_FIELDS = ("serviceId", "durationMinutes")
"""The fields of a filter that give one."""

SLOT_COSTS: dict[str, float] = {"Mutation.offerAppointments": 0.5, "Mutation.withdrawAppointments": 0.5}
"""The additional cost of each slot in the interval that a mutation changes: a row is inserted, or deleted."""

COUNT_WEIGHT = 5
MUTATION_WEIGHT = 10
INTROSPECTION_WEIGHT = 0.05
"""Introspection reads objects in memory, not the database."""


def weight_of(coordinate: str, type_: Any) -> float:
    """The cost of one object in this field, without its selections: 1 for a page (a statement) or a node (a row)."""
    parent, _, field = coordinate.partition(".")
    if coordinate in WEIGHTS:
        return WEIGHTS[coordinate]
    if parent == "Mutation":
        return MUTATION_WEIGHT
    if field == "totalCount":
        return COUNT_WEIGHT
    if is_introspection_type(type_):
        return INTROSPECTION_WEIGHT
    return int(is_connection(type_) or is_node(type_))


def list_maximum(coordinate: str) -> int | None:
    """How many items the list in this field has at most, where LIST_SIZES has a typical number; otherwise None."""
    maximum = LIST_MAXIMA.get(coordinate)
    return maximum and maximum(settings.RESERVATION_POLICY)


def is_list(type_: Any) -> bool:
    """Whether this is the type of a list, which may be non-null."""
    return is_list_type(type_.of_type if is_non_null_type(type_) else type_)


def is_connection(type_: Any) -> bool:
    """Whether this is the type of a page of a list."""
    return type_.name.endswith("Connection")


def is_node(type_: Any) -> bool:
    """Whether objects of this type have a global id."""
    return type_.name == "Node" or any(one.name == "Node" for one in getattr(type_, "interfaces", ()))


def has_size(coordinate: str, parent: Any) -> bool:
    """Whether the size of this list is known before it is read."""
    field = coordinate.partition(".")[2]
    is_page = is_connection(parent) and field in ("nodes", "edges")
    return is_page or coordinate in LIST_SIZES or field in FREE_LISTS


def require_sizes(schema: GraphQLSchema) -> GraphQLSchema:
    """The schema itself. Raises LookupError for a list without a size."""
    for parent in schema.type_map.values():
        for name, field in getattr(parent, "fields", {}).items():
            coordinate = f"{parent.name}.{name}"
            if hasattr(field, "args") and is_list(field.type) and not has_size(coordinate, parent):
                raise LookupError(f"The list {coordinate} has no cost: give it a size in api/limits/weights.py.")
    return schema
