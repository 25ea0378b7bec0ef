"""Time zones: where their data comes from, and which names are accepted. No Django in here.

Importing this module makes `zoneinfo` read the package tzdata, which Pipfile.lock pins, and never the files of the
machine, which may be years older: then two servers would show the same appointment at different hours. The settings
import it, so it comes before anything that reads a zone.
"""

import zoneinfo
from datetime import timedelta
from functools import cache
from zoneinfo import ZoneInfo

zoneinfo.reset_tzpath(to=())
ZoneInfo.clear_cache()  # of zones that a library has read from the files of the machine meanwhile

NOT_A_PLACE = frozenset({"Factory", "localtime", "posixrules"})
"""Names that tzdata may have, and that browsers do not know: none of them says where it is."""

LONGEST_CLOCK_CHANGE = timedelta(hours=2)
"""The most by which clocks are set back or forth in any zone: two hours in Antarctica/Troll, one in most."""


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
