"""Days and their quarter hours in a time zone. A day is as long as it is: 23 or 25 hours where clocks change."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings

from reservation.policy import EPOCH

FIRST_DATE, LAST_DATE = date(1970, 1, 10), date(8999, 12, 1)
"""Between these there is a week before and after in every zone, and nothing is booked until later."""

WORKING_HOURS = ("09:00", "17:00")
"""What an empty calendar shows."""

Key = tuple[str, int]
"""A quarter hour on the clock: what it shows, and whether for the first or the second time that day."""


@dataclass(frozen=True)
class Day:
    """A date in a zone."""

    date: date
    zone: ZoneInfo

    @cached_property
    def starts_at(self) -> datetime:
        return datetime.combine(self.date, time(), self.zone).astimezone(UTC)

    @cached_property
    def ends_at(self) -> datetime:
        return Day(self.date + timedelta(days=1), self.zone).starts_at

    @cached_property
    def starts(self) -> list[datetime]:
        """When its appointments may start."""
        policy = settings.RESERVATION_POLICY
        first = self.starts_at + (EPOCH - self.starts_at) % policy.appointment_length
        return list(policy.starts(first, self.ends_at))

    def key(self, instant: datetime) -> Key:
        """What the clock shows at this instant."""
        local = instant.astimezone(self.zone)
        return f"{local:%H:%M}", local.fold

    def holds(self, instant: datetime) -> bool:
        return self.starts_at <= instant < self.ends_at


class Rows:
    """The rows of a grid whose columns are these days: the quarter hours of the longest, since it has all of them.

    On a day that is shorter some of them do not exist; one that comes twice has two rows.
    """

    def __init__(self, days: list[Day]) -> None:
        longest = max(days, key=lambda day: len(day.starts))
        self.keys = [longest.key(start) for start in longest.starts]
        shown = Counter(clock for clock, _ in self.keys)
        zone_names = [start.astimezone(longest.zone).tzname() or "" for start in longest.starts]
        self.labels = [
            (clock, name if shown[clock] > 1 else "") for (clock, _), name in zip(self.keys, zone_names, strict=True)
        ]
        rows = {key: number for number, key in enumerate(self.keys)}
        self.numbers = {day: {start: rows[day.key(start)] for start in day.starts} for day in days}

    def number(self, day: Day, start: datetime) -> int:
        """In which row an appointment of the day stands that starts then.

        One that was offered when appointments were shorter stands where it is covered.
        """
        return self.numbers[day].get(start - (start - EPOCH) % settings.RESERVATION_POLICY.appointment_length, 0)

    def missing(self, day: Day) -> list[int]:
        """The rows of quarter hours that this day does not have."""
        there = set(self.numbers[day].values())
        return [number for number in range(len(self.keys)) if number not in there]

    def position(self, day: Day, instant: datetime) -> float | None:
        """Where in the rows an instant of the day is; None for one of another day."""
        length = settings.RESERVATION_POLICY.appointment_length
        start = instant - (instant - EPOCH) % length
        if start not in self.numbers[day]:
            return None
        return self.number(day, start) + (instant - start) / length

    def cut(self, used: list[int]) -> tuple[int, int]:
        """From which row to which to show: the whole hours that are used, or the usual ones."""
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


def week_of(date_: date, zone: ZoneInfo) -> list[Day]:
    """The week with this date, from Monday."""
    monday = date_ - timedelta(days=date_.weekday())
    return [Day(monday + timedelta(days=number), zone) for number in range(7)]
