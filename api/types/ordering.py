"""The orderings of lists, and the input types that choose them."""

from enum import StrEnum
from typing import Any

import graphene

from api.types.connections import Ordering
from api.types.enums import enum_type

APPOINTMENTS_BY_START = Ordering("Appointment", "starts_at")
CLIENTS_BY_NAME = Ordering("Client", "name")
PROVIDERS_BY_NAME = Ordering("Provider", "name")
RESERVATIONS_BY_START = Ordering("Reservation", "starts_at")
SERVICES_BY_NAME = Ordering("Service", "name")


class Direction(StrEnum):
    """The direction of an ordering."""

    ASC = "ASC"
    DESC = "DESC"


class ProviderColumn(StrEnum):
    """The columns that providers can be ordered by."""

    NAME = "NAME"
    CREATED_AT = "CREATED_AT"


class ReservationColumn(StrEnum):
    """The columns that reservations can be ordered by."""

    STARTS_AT = "STARTS_AT"
    CREATED_AT = "CREATED_AT"


OrderDirection = enum_type(
    "OrderDirection",
    Direction,
    {Direction.ASC: "From the smallest to the largest.", Direction.DESC: "From the largest to the smallest."},
)
ProviderOrderField = enum_type(
    "ProviderOrderField",
    ProviderColumn,
    {ProviderColumn.NAME: "By name.", ProviderColumn.CREATED_AT: "By when they were added."},
)
ReservationOrderField = enum_type(
    "ReservationOrderField",
    ReservationColumn,
    {ReservationColumn.STARTS_AT: "By start.", ReservationColumn.CREATED_AT: "By when they were made."},
)


class ProviderOrder(graphene.InputObjectType):
    """How providers are ordered."""

    field = ProviderOrderField(required=True, description="The column to order by.")
    direction = OrderDirection(required=True, description="The direction of the order.")


class ReservationOrder(graphene.InputObjectType):
    """How reservations are ordered."""

    field = ReservationOrderField(required=True, description="The column to order by.")
    direction = OrderDirection(required=True, description="The direction of the order.")


def ordering(default: Ordering, order_by: Any) -> Ordering:
    """The ordering that an argument chooses, or the default."""
    if order_by is None:
        return default
    return Ordering(default.noun, order_by.field.lower(), order_by.direction is Direction.DESC)
