"""When clocks change next, by the time zones that the product uses."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

HOUR = timedelta(hours=1)


def next_change(zone: str, *, is_set_back: bool, after: datetime | None = None) -> datetime:
    """Returns the instant at which clocks are set back next, or forth, a week from now at the earliest."""
    instant = (after or timezone.now() + timedelta(weeks=1)).replace(minute=0, second=0, microsecond=0)
    while True:
        before, now = (at.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC) for at in (instant - HOUR, instant))
        if now - before != HOUR and (now - before < HOUR) is is_set_back:
            return instant
        instant += HOUR
