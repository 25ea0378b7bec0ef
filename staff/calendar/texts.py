"""Days and weeks in the words of staff."""

from datetime import date, timedelta

from reservation.instants import DASH
from staff.calendar.days import CalendarDay


def day_title(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def week_title(days: list[CalendarDay]) -> str:
    first, last = days[0].date, days[-1].date
    return f"{first.day} {first:%b} {first.year if first.year != last.year else ''}".strip() + (
        f" {DASH} {last.day} {last:%b} {last.year}"
    )


def utc_offset(days: list[CalendarDay]) -> str:
    """Returns the offset of the zone on these days, as in UTC+01:00; both offsets where clocks change meanwhile."""
    zone = days[0].zone
    ends = (days[0].starts_at, days[-1].ends_at - timedelta(microseconds=1))
    offsets = [instant.astimezone(zone).strftime("%z") for instant in ends]
    return " / ".join(f"UTC{offset[:3]}:{offset[3:]}" for offset in dict.fromkeys(offsets))
