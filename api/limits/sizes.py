"""How many bytes a value can take in a response. A text without a size is an error when the schema is created.

The sizes are maxima: texts of the columns' maximum lengths, in characters of four bytes. A control character takes six,
but no new text contains any except line breaks.
"""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from graphene.utils.str_converters import to_snake_case
from graphql import (
    GraphQLEnumType,
    GraphQLSchema,
    GraphQLType,
    get_named_type,
    is_introspection_type,
    is_leaf_type,
)

from reservation.policy import MAX_NAME_LENGTH

CHARACTER_BYTES = 4
"""The longest character in UTF-8."""

QUOTES = 2
EMAIL_LENGTH = 254
NAME_CURSOR_BYTES = 1200
"""The base64 of a JSON list of the ordering's name, a name and a primary key."""

assert CHARACTER_BYTES * MAX_NAME_LENGTH * 4 / 3 < NAME_CURSOR_BYTES - 100

SCALAR_BYTES: dict[str, int] = {
    "Boolean": 5,
    "Int": 11,
    "Float": 24,
    "ID": 48,  # the base64 of the longest type and primary key
    "Date": 12,
    "Time": 17,
    "DateTime": 34,
    "TimeZone": 65,
}
TEXT_BYTES: dict[str, int] = {
    "Client.email": QUOTES + CHARACTER_BYTES * EMAIL_LENGTH,
    "Viewer.email": QUOTES + CHARACTER_BYTES * EMAIL_LENGTH,
    "PageInfo.startCursor": NAME_CURSOR_BYTES,
    "PageInfo.endCursor": NAME_CURSOR_BYTES,
    "AppointmentEdge.cursor": 120,
    "ReservationEdge.cursor": 120,
    "ClientEdge.cursor": NAME_CURSOR_BYTES,
    "ProviderEdge.cursor": NAME_CURSOR_BYTES,
    "ServiceEdge.cursor": NAME_CURSOR_BYTES,
    "UserError.message": 500,
    "UserError.field": 100,
}
"""The sizes of texts that are not columns."""

TYPE_NAME_BYTES = 64
INTROSPECTION_BYTES = 200
"""A name, a description or a reason in the schema: typical, since they are no user's input."""


def max_bytes(coordinate: str, parent: Any, type_: Any) -> int:
    """How many bytes one value of this scalar or enum can take. Raises LookupError for a text without a size."""
    field = coordinate.partition(".")[2]
    if coordinate in TEXT_BYTES:
        return TEXT_BYTES[coordinate]
    if isinstance(type_, GraphQLEnumType):
        return QUOTES + max(map(len, type_.values))
    if type_.name in SCALAR_BYTES:
        return SCALAR_BYTES[type_.name]
    if field == "__typename":
        return TYPE_NAME_BYTES
    if is_introspection_type(parent):
        return INTROSPECTION_BYTES
    length = column_length(parent, field)
    if length is None:
        raise LookupError(f"The text {coordinate} has no size: give it one in api/limits/sizes.py.")
    return QUOTES + CHARACTER_BYTES * length


def column_length(parent: Any, field: str) -> int | None:
    """The maximum length of the column that this field shows; None when it shows none of bounded length."""
    options = getattr(getattr(parent, "graphene_type", None), "_meta", None)
    model = getattr(options, "model", None)
    try:
        length: int | None = model and model._meta.get_field(to_snake_case(field)).max_length
    except FieldDoesNotExist:
        return None
    return length


def require_max_bytes(schema: GraphQLSchema) -> GraphQLSchema:
    """The schema itself. Raises LookupError for a text without a size."""
    for parent in schema.type_map.values():
        for name, field in getattr(parent, "fields", {}).items():
            field_type: GraphQLType = field.type
            type_ = get_named_type(field_type)
            if hasattr(field, "args") and is_leaf_type(type_):
                max_bytes(f"{parent.name}.{name}", parent, type_)
    return schema
