"""Which reservations there are, of those that one may see."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from reservation.domain.access import visible_reservations
from reservation.domain.caller import Caller
from reservation.domain.errors import InvalidInput
from reservation.models import Reservation
from reservation.policy import Status


def find_reservations(
    *,
    caller: Caller,
    now: datetime,
    status: Collection[Status] | None = None,
    provider_id: int | None = None,
    client_id: int | None = None,
    starts_from: datetime | None = None,
    starts_before: datetime | None = None,
) -> QuerySet[Reservation]:
    """Of those that the caller may see, the ones that every given condition fits; unordered.

    Raises InvalidInput for an interval that ends before it starts.
    """
    fixed, conditions = conditions_of_reservations(
        caller=caller,
        now=now,
        status=status,
        provider_id=provider_id,
        client_id=client_id,
        starts_from=starts_from,
        starts_before=starts_before,
    )
    return reservations(**fixed, **conditions)


def conditions_of_reservations(
    *,
    caller: Caller,
    now: datetime,
    status: Collection[Status] | None = None,
    provider_id: int | None = None,
    client_id: int | None = None,
    starts_from: datetime | None = None,
    starts_before: datetime | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `reservations` asks, so that the caller may see it: first what its text depends on.

    Raises InvalidInput for an interval that ends before it starts.
    """
    if starts_from is not None and starts_before is not None and starts_before <= starts_from:
        raise InvalidInput("The interval ends before it has started.", field="starts_before")
    return {"is_staff": caller.is_staff, "status": None if status is None else tuple(sorted(set(status)))}, {
        "own_client_id": caller.client_id,
        "own_provider_id": caller.provider_id,
        "now": now,
        "provider_id": provider_id,
        "client_id": client_id,
        "starts_from": starts_from,
        "starts_before": starts_before,
    }


def reservations(
    *,
    is_staff: bool,
    own_client_id: int | None,
    own_provider_id: int | None,
    now: datetime,
    status: Collection[Status] | None,
    provider_id: int | None,
    client_id: int | None,
    starts_from: datetime | None,
    starts_before: datetime | None,
) -> QuerySet[Reservation]:
    """Those that this viewer may see. It looks at no value but the states, whether it is staff, and which others there
    are, so that it can be written once."""
    viewer = Caller(client_id=own_client_id, provider_id=own_provider_id, is_staff=is_staff)
    conditions = {
        "provider_id": provider_id,
        "client_id": client_id,
        "starts_at__gte": starts_from,
        "starts_at__lt": starts_before,
    }
    found = visible_reservations(viewer).filter(
        **{lookup: value for lookup, value in conditions.items() if value is not None}
    )
    return found if status is None else found.with_status_at(status, now)
