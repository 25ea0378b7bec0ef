"""GraphQL enums made from Python's, so that resolvers and the domain share the same values."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import graphene


def enum_type(name: str, members: type[StrEnum], descriptions: Mapping[str, str]) -> Any:
    """A GraphQL enum of these members, described by the docstring of their class and a sentence for each."""
    return graphene.Enum.from_enum(
        members,
        name=name,
        description=lambda member: members.__doc__ if member is None else descriptions[member],
    )
