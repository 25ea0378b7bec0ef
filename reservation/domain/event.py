"""The history of reservations."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from database.compiled_insert import CompiledInsert
from reservation.domain.caller import Caller
from reservation.domain.signals import reservation_changed, send_calendars_changed
from reservation.models import EventKind, Reservation, ReservationEvent

insert_event = CompiledInsert(ReservationEvent)


def snapshot(reservation: Reservation) -> dict[str, Any]:
    """What an event remembers of a reservation."""
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
    """Append what happened, in the transaction in which it does. No caller: it was the passing of time."""
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
    send_calendars_changed({reservation.provider_id, (before or {}).get("provider_id", reservation.provider_id)})
    transaction.on_commit(partial(reservation_changed.send_robust, sender=None, kind=kind), robust=True)
