"""Time zones: where their data comes from, and which names are accepted. No Django in here.

Importing this module makes `zoneinfo` read the package tzdata, which Pipfile.lock pins, and never the files of the
machine, which may be years older: then two servers would show the same appointment at different hours. The settings
import it, so it comes before anything that reads a zone.
"""

import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from reservation.instants import in_zone

zoneinfo.reset_tzpath(to=())
ZoneInfo.clear_cache()  # of zones that a library has read from the files of the machine meanwhile

NOT_A_PLACE = frozenset({"Factory", "localtime", "posixrules"})
"""Names that tzdata may have, and that browsers do not know: none of them says where it is."""


@cache
def time_zone_names() -> frozenset[str]:
    """Returns the names of the IANA time zones that can be chosen.

    Former names, such as US/Pacific or Asia/Calcutta, are among them: browsers know them, and some still report them as
    the zone of their user.
    """
    names = zoneinfo.available_timezones() - NOT_A_PLACE
    return frozenset(name for name in names if not name.startswith(("posix/", "right/")))


def is_time_zone(name: str) -> bool:
    """Whether this is the name of a time zone that can be chosen. Nothing else decides it."""
    return name in time_zone_names()


def zone_named(name: str) -> ZoneInfo:
    """Returns the time zone with this name, which was valid when it was stored; UTC if it no longer is."""
    return ZoneInfo(name if is_time_zone(name) else "UTC")


@cache
def changing_zones() -> tuple[ZoneInfo, ...]:
    """Returns the zones in which clocks change, each as the one example of those that change alike."""
    mondays = [datetime(2026, 1, 5, tzinfo=UTC) + timedelta(weeks=number) for number in range(520)]
    zones: dict[tuple[timedelta | None, ...], ZoneInfo] = {}
    for name in sorted(time_zone_names()):
        zone = ZoneInfo(name)
        zones[tuple(monday.astimezone(zone).utcoffset() for monday in mondays)] = zone
    return tuple(zone for offsets, zone in zones.items() if len(set(offsets)) > 1)


def greatest_set_back(starts_at: datetime, ends_at: datetime) -> timedelta:
    """Returns the most by which a clock of any zone is set back between two instants; zero if none is.

    An hour in most zones, half an hour in Australia/Lord_Howe, two in Antarctica/Troll.
    """

    def offset(instant: datetime, zone: ZoneInfo) -> timedelta:
        return in_zone(instant, zone).utcoffset() or timedelta(0)

    set_back = (offset(starts_at, zone) - offset(ends_at, zone) for zone in changing_zones())
    return max(set_back, default=timedelta(0))
