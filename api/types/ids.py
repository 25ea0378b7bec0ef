"""Global ids: opaque to clients, and refused when they are of another type."""

import binascii
import re
from base64 import b64decode, b64encode
from typing import Any

import graphene

from reservation.domain.errors import InvalidInput

KEY = re.compile(r"0|[1-9]\d{0,18}", re.ASCII)
MAX_KEY = 2**63 - 1


def to_global_id(noun: str, key: int) -> str:
    """The id under which `node` finds the object of this type and primary key."""
    return b64encode(f"{noun}:{key}".encode()).decode()


def split_global_id(global_id: str) -> tuple[str, int]:
    """Type and primary key. Raises InvalidInput for what is no id at all."""
    try:
        noun, _, key = b64decode(global_id, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        noun, key = "", ""
    if not noun or not KEY.fullmatch(key) or int(key) > MAX_KEY:
        raise InvalidInput("This is not an id.", field="id")
    return noun, int(key)


def from_global_id(global_id: str, *, noun: str, field: str = "id") -> int:
    """The primary key. Raises InvalidInput for an id of another type."""
    try:
        found, key = split_global_id(global_id)
    except InvalidInput as error:
        raise InvalidInput(error.message, field=field) from error
    if found != noun:
        raise InvalidInput(f"This is not the id of a {noun}.", field=field)
    return key


class IdOf(graphene.InputField):
    """An input field that takes the id of an object of one type, or a list of them."""

    def __init__(self, noun: str, *, description: str, required: bool = False, many: bool = False) -> None:
        id_type: Any = graphene.List(graphene.NonNull(graphene.ID)) if many else graphene.ID
        super().__init__(id_type, required=required, description=description)
        self.noun = noun
        self.many = many


def decode_ids(input_type: type[graphene.InputObjectType], values: dict[str, Any]) -> dict[str, Any]:
    """The values with primary keys in the place of ids. Raises InvalidInput."""
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
