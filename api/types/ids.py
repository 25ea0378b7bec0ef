"""Global ids: opaque to clients; an id of another type is refused."""

import binascii
import re
from base64 import b64decode, b64encode
from typing import Any

import graphene
from graphene.types.inputobjecttype import InputObjectTypeContainer

from reservation.domain.errors import InvalidInput

KEY = re.compile(r"0|[1-9]\d{0,18}", re.ASCII)
MAX_KEY = 2**63 - 1


def to_global_id(noun: str, key: int) -> str:
    """The global id of the object with this type and primary key."""
    return b64encode(f"{noun}:{key}".encode()).decode()


def split_global_id(global_id: str) -> tuple[str, int]:
    """The type and primary key of a global id. Raises InvalidInput for a malformed id."""
    try:
        noun, _, key = b64decode(global_id, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        noun, key = "", ""
    if not noun or not KEY.fullmatch(key) or int(key) > MAX_KEY:
        raise InvalidInput("This is not an id.", field="id")
    return noun, int(key)


def from_global_id(global_id: str, *, noun: str, field: str = "id") -> int:
    """The primary key of an object of this type. Raises InvalidInput for an id that is malformed or of another type."""
    try:
        found, key = split_global_id(global_id)
    except InvalidInput as error:
        raise InvalidInput(error.message, field=field) from error
    if found != noun:
        raise InvalidInput(f"This is not the id of a {noun}.", field=field)
    return key


class IdOf(graphene.InputField):
    """An input field for the id of an object of one type, or for a list of such ids."""

    def __init__(self, noun: str, *, description: str, required: bool = False, many: bool = False) -> None:
        id_type: Any = graphene.List(graphene.NonNull(graphene.ID)) if many else graphene.ID
        super().__init__(id_type, required=required, description=description)
        self.noun = noun
        self.many = many


def decode_ids(
    input_type: type[graphene.InputObjectType | InputObjectTypeContainer], values: dict[str, Any]
) -> dict[str, Any]:
    """The values with ids replaced by primary keys. Raises InvalidInput."""
    decoded = dict(values)
    for name, field in input_type._meta.fields.items():
        value = decoded.get(name)
        if value is None or not isinstance(field, IdOf):
            continue
        if field.many:
            decoded[name] = [from_global_id(one, noun=field.noun, field=name) for one in value]
        else:
            decoded[name] = from_global_id(value, noun=field.noun, field=name)
    return decoded
