"""Dates and times in the words of staff."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from reservation.models import Reservation
from staff.calendar.days import CalendarDay

DASH = "\N{EN DASH}"


def day_title(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def short_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


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


def clock(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%H:%M}"


def moment(instant: datetime, zone: ZoneInfo) -> str:
    """Returns the date, the time and the abbreviation of the zone, which distinguishes an hour that comes twice."""
    local = instant.astimezone(zone)
    return f"{short_day(local.date())} {local.year}, {local:%H:%M %Z}"


def span(reservation: Reservation, zone: ZoneInfo) -> str:
    return f"{clock(reservation.starts_at, zone)}{DASH}{clock(reservation.ends_at, zone)}"
