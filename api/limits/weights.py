"""What fields cost, and how long lists are. A list that no table knows is an error when the schema is made."""

from typing import Any

from graphql import GraphQLSchema, get_nullable_type, is_introspection_type, is_list_type

LIST_SIZES: dict[str, int | str] = {
    # As many as are asked for: the name of the argument that lists them.
    "Query.nodes": "ids",
    # As many as there usually are.
    "Reservation.appointments": 4,
    "OfferAppointmentsPayload.appointments": 1000,
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
SHORT_LISTS = ("userErrors",)
"""Lists of every payload whose items cost nothing."""

WEIGHTS: dict[str, float] = {
    # Each provider's calendar is a page of its own.
    "Provider.openAppointments": 10,
    # Whole calendars are looked through.
    "AppointmentConnection.totalCount": 50,
    # Asked for nine times over, so that the most wrapped type is told; most are wrapped once or not at all.
    "__Type.ofType": 0.01,
}
RUN_SEARCHES: dict[str, int] = {
    "Query.openAppointments": 300,
    "Query.nextOpenAppointment": 300,
    "Provider.openAppointments": 20,
}
"""What it costs more when a service is given: where its run begins is looked up slot by slot, perhaps through all."""

COUNT = 5
CHANGE = 10
META_OBJECT = 0.05
"""Introspection reads what is in memory."""


def weight_of(coordinate: str, type_: Any) -> float:
    """What one object in this field costs, apart from what is selected of it. A page is a statement, a node a row."""
    parent, _, field = coordinate.partition(".")
    if coordinate in WEIGHTS:
        return WEIGHTS[coordinate]
    if parent == "Mutation":
        return CHANGE
    if field == "totalCount":
        return COUNT
    if is_introspection_type(type_):
        return META_OBJECT
    return int(is_connection(type_) or is_node(type_))


def is_connection(type_: Any) -> bool:
    """Whether this is a page of a list."""
    return type_.name.endswith("Connection")


def is_node(type_: Any) -> bool:
    """Whether objects of this type have an id by which they are found again."""
    return type_.name == "Node" or any(one.name == "Node" for one in getattr(type_, "interfaces", ()))


def has_size(coordinate: str, parent: Any) -> bool:
    """Whether the length of this list can be known before it is read."""
    field = coordinate.partition(".")[2]
    is_page = is_connection(parent) and field in ("nodes", "edges")
    return is_page or coordinate in LIST_SIZES or field in SHORT_LISTS


def require_sizes(schema: GraphQLSchema) -> GraphQLSchema:
    """The schema, whose lists all have a cost. Raises LookupError for one that has none."""
    for parent in schema.type_map.values():
        for name, field in getattr(parent, "fields", {}).items():
            coordinate = f"{parent.name}.{name}"
            if (
                hasattr(field, "args")
                and is_list_type(get_nullable_type(field.type))
                and not has_size(coordinate, parent)
            ):
                raise LookupError(f"The list {coordinate} has no cost: give it a size in api/limits/weights.py.")
    return schema
