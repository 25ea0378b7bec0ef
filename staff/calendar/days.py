"""Days in a time zone, and the quarter hours of a day. A day has 23 or 25 hours where clocks change."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings

from reservation.instants import in_zone, wall_clock, zone_label
from reservation.policy import EPOCH

WORKING_HOURS = ("09:00", "17:00")
"""The rows of an empty calendar."""

ClockTime = tuple[str, int]
"""What a clock shows, and its fold: 1 for the second time in a day when clocks are set back."""


@dataclass(frozen=True)
class CalendarDay:
    """A date in a zone."""

    date: date
    zone: ZoneInfo

    @cached_property
    def starts_at(self) -> datetime:
        return datetime.combine(self.date, time(), self.zone).astimezone(UTC)

    @cached_property
    def ends_at(self) -> datetime:
        return CalendarDay(self.date + timedelta(days=1), self.zone).starts_at

    @cached_property
    def starts(self) -> list[datetime]:
        """The instants at which an appointment may start."""
        policy = settings.RESERVATION_POLICY
        first = self.starts_at + (EPOCH - self.starts_at) % policy.appointment_length
        return list(policy.starts(first, self.ends_at))

    def key(self, instant: datetime) -> ClockTime:
        """Returns what a clock in the zone shows at this instant, with its fold."""
        local = instant.astimezone(self.zone)
        return wall_clock(local), local.fold

    def contains(self, instant: datetime) -> bool:
        return self.starts_at <= instant < self.ends_at


class CalendarRows:
    """The rows of a grid whose columns are these days: every time at which an appointment may start on any of them.

    Some of them do not exist on each day: an hour that is skipped, or, where clocks change by half an hour and an
    appointment is longer, those of the other half of the week. A time that comes twice in a day has two rows.
    """

    def __init__(self, days: list[CalendarDay]) -> None:
        found = {day.key(start): start for day in sorted(days, key=has_change) for start in day.starts}
        second = {clock for clock, fold in found if fold}
        ends_at = max(second, default="")

        def order(key: ClockTime) -> tuple[str, int, str]:
            """Places all of an hour that comes twice before its second time, rather than each minute beside its own."""
            clock, fold = key
            return (min(second), fold, clock) if second and min(second) <= clock <= ends_at else (clock, 0, clock)

        self.keys = sorted(found, key=order)
        occurrences = Counter(clock for clock, _ in self.keys)
        zone = days[0].zone
        self.labels = [
            (key[0], zone_label(in_zone(found[key], zone)) if occurrences[key[0]] > 1 else "") for key in self.keys
        ]
        rows = {key: number for number, key in enumerate(self.keys)}
        self.numbers = {day: {start: rows[day.key(start)] for start in day.starts} for day in days}

    def number(self, day: CalendarDay, start: datetime) -> int:
        """Returns the row of an appointment that starts at this instant of the day.

        One that was offered when appointments were shorter is in the row that covers it.
        """
        return self.numbers[day].get(start - (start - EPOCH) % settings.RESERVATION_POLICY.appointment_length, 0)

    def missing(self, day: CalendarDay) -> list[int]:
        """Returns the rows of quarter hours that this day does not have."""
        existing = set(self.numbers[day].values())
        return [number for number in range(len(self.keys)) if number not in existing]

    def position(self, day: CalendarDay, instant: datetime) -> float | None:
        """Returns the row of an instant, with a fraction for the minutes; None for an instant of another day."""
        length = settings.RESERVATION_POLICY.appointment_length
        start = instant - (instant - EPOCH) % length
        if start not in self.numbers[day]:
            return None
        return self.number(day, start) + (instant - start) / length

    def shown(self, used: list[int]) -> tuple[int, int]:
        """Returns the half-open range of rows to show: the whole hours that are used, or WORKING_HOURS."""
        if not used:
            opens, closes = (sum(clock < hour for clock, _ in self.keys) for hour in WORKING_HOURS)
            return opens, closes
        hours = [clock[:2] for clock, _ in self.keys]
        first, last = min(used), max(used)
        while first and hours[first - 1] == hours[first]:
            first -= 1
        while last + 1 < len(hours) and hours[last + 1] == hours[last]:
            last += 1
        return first, last + 1


def has_change(day: CalendarDay) -> bool:
    """Whether clocks change on this day."""
    return day.ends_at - day.starts_at != timedelta(days=1)


def week_of(date_: date, zone: ZoneInfo) -> list[CalendarDay]:
    """Returns the week with this date, from Monday."""
    monday = date_ - timedelta(days=date_.weekday())
    return [CalendarDay(monday + timedelta(days=number), zone) for number in range(7)]
