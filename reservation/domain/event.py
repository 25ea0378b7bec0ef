"""The history of reservations."""

from datetime import datetime
from typing import Any

from database.compiled_insert import CompiledInsert
from reservation.domain.caller import Caller
from reservation.domain.signals import send_calendars_changed, send_reservation_changed
from reservation.models import EventKind, Reservation, ReservationEvent

insert_event = CompiledInsert(ReservationEvent)


def snapshot(reservation: Reservation) -> dict[str, Any]:
    """The part of a reservation that an event stores."""
    return {
        "status": str(reservation.status),
        "provider_id": reservation.provider_id,
        "starts_at": reservation.starts_at.isoformat(),
        "ends_at": reservation.ends_at.isoformat(),
    }


def record(
    kind: EventKind,
    *,
    reservation: Reservation,
    before: dict[str, Any] | None,
    caller: Caller | None,
    now: datetime,
) -> None:
    """Append an event in the transaction of the change, and send its signals on commit.

    caller: who made the change; None for the passing of time.
    """
    insert_event(
        ReservationEvent(
            reservation=reservation,
            kind=kind,
            user_id=caller.user_id if caller else None,
            occurred_at=now,
            before=before,
            after=snapshot(reservation),
        )
    )
    send_reservation_changed(kind)
    send_calendars_changed({reservation.provider_id, (before or {}).get("provider_id", reservation.provider_id)})
