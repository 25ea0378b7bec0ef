"""An event of a reservation, for people."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from reservation.models import ReservationEvent
from reservation.policy import Status
from staff.state import WORDS


def told(event: ReservationEvent) -> str:
    """What was before and what was afterwards, as far as it is not the same."""
    before, after = described(event.before or {}), described(event.after)
    changes = [
        f"{before[name]} → {text}" if name in before else text
        for name, text in after.items()
        if before.get(name) != text
    ]
    return ", ".join(changes)


def described(snapshot: dict[str, Any]) -> dict[str, str]:
    """The parts of what an event remembers, in words."""
    if not snapshot:
        return {}
    starts_at, ends_at = (
        timezone.localtime(datetime.fromisoformat(snapshot[name])) for name in ("starts_at", "ends_at")
    )
    return {
        "status": WORDS[Status(snapshot["status"])],
        "time": f"{starts_at:%Y-%m-%d %H:%M}-{ends_at:%H:%M}",
        "provider": f"provider {snapshot['provider_id']}",
    }
