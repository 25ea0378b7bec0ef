"""How an instant is shown to people: every page, message and file of the server goes by these functions.

No Django in here. What they return says which clock it is of, wherever that could be misread: a full date always has
the abbreviation of the zone, a time alone has it in an hour that comes twice. A model's `__str__` has no time, since
it knows no zone.
"""

from datetime import UTC, date, datetime, tzinfo

DASH = "\N{EN DASH}"


def in_zone(instant: datetime, zone: tzinfo) -> datetime:
    """Returns the instant by the clock of the zone; by that of UTC where the year would be outside 1 to 9999."""
    try:
        return instant.astimezone(zone)
    except OverflowError:
        return instant.astimezone(UTC)


def comes_twice(local: datetime) -> bool:
    """Whether the clock of its zone shows this time twice, since it is set back."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def wall_clock(local: datetime) -> str:
    """Returns what its clock shows: for a place that shows the zone, and tells apart an hour that comes twice."""
    return f"{local:%H:%M}"


def zone_label(local: datetime) -> str:
    """Returns the abbreviation of its zone, or the offset where it has none of its own: CEST, or UTC+05:45."""
    other = local.replace(fold=1 - local.fold)
    name = local.tzname() or ""
    if name.isalpha() and (not comes_twice(local) or name != other.tzname()):
        return name
    offset = f"{local:%z}"
    return f"UTC{offset[:3]}" + (f":{offset[3:5]}" if offset[3:5] != "00" else "")


def short_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def day_and_year(day: date) -> str:
    return f"{short_day(day)} {day.year}"


def clock(instant: datetime, zone: tzinfo) -> str:
    """Returns the time alone, for where the date and the zone are shown beside it: 14:00, or 01:30 EDT if that comes
    twice."""
    local = in_zone(instant, zone)
    is_plain = local.tzinfo is zone and not comes_twice(local)
    return wall_clock(local) if is_plain else f"{wall_clock(local)} {zone_label(local)}"


def span(starts_at: datetime, ends_at: datetime, zone: tzinfo) -> str:
    """Returns two times alone, as in 14:00-14:30."""
    return f"{clock(starts_at, zone)}{DASH}{clock(ends_at, zone)}"


def moment(instant: datetime, zone: tzinfo) -> str:
    """Returns the date, the time and the zone, which needs nothing beside it: Mon 30 Nov 2026, 14:00 CET."""
    local = in_zone(instant, zone)
    return f"{day_and_year(local)}, {wall_clock(local)} {zone_label(local)}"


def period(starts_at: datetime, ends_at: datetime, zone: tzinfo) -> str:
    """Returns the date, two times and the zone: Mon 30 Nov 2026, 14:00-14:30 CET; both zones if clocks change."""
    first, last = in_zone(starts_at, zone), in_zone(ends_at, zone)
    begins = wall_clock(first) + ("" if zone_label(first) == zone_label(last) else f" {zone_label(first)}")
    return f"{day_and_year(first)}, {begins}{DASH}{wall_clock(last)} {zone_label(last)}"
