"""The events of a reservation in words."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from reservation.instants import period
from reservation.models import ReservationEvent
from reservation.models.event import EventKind
from reservation.policy import Status
from reservation.status_words import STATUS_WORDS

NOT_A_STATUS = {EventKind.HELD: STATUS_WORDS[Status.PENDING].staff, EventKind.RESCHEDULED: "Moved"}
"""The words of the kinds that are not named for the status that follows."""


def kind_in_words(event: ReservationEvent) -> str:
    """Returns what happened: the status that followed, or that the reservation was moved."""
    kind = EventKind(event.kind)
    return NOT_A_STATUS.get(kind) or STATUS_WORDS[Status(kind)].staff


def changes_in_words(event: ReservationEvent) -> str:
    """Returns what the event changed, from → to."""
    before, after = snapshot_in_words(event.before or {}), snapshot_in_words(event.after)
    changes = [
        f"{before[name]} → {text}" if name in before else text
        for name, text in after.items()
        if before.get(name) != text
    ]
    return ", ".join(changes)


def snapshot_in_words(snapshot: dict[str, Any]) -> dict[str, str]:
    """Returns the parts of a snapshot (reservation.domain.event), by name."""
    if not snapshot:
        return {}
    starts_at, ends_at = (datetime.fromisoformat(snapshot[name]) for name in ("starts_at", "ends_at"))
    return {
        "status": STATUS_WORDS[Status(snapshot["status"])].staff,
        "time": period(starts_at, ends_at, timezone.get_current_timezone()),
        "provider": f"provider {snapshot['provider_id']}",
    }
