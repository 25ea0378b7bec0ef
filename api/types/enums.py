"""GraphQL enums made of Python's, so that resolvers and the domain meet the same values."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import graphene


def enum_type(name: str, members: type[StrEnum], descriptions: Mapping[str, str]) -> Any:
    """A GraphQL enum, described by the docstring of its members' class and a sentence for each of them."""
    return graphene.Enum.from_enum(
        members,
        name=name,
        description=lambda member: members.__doc__ if member is None else descriptions[member],
    )
