"""The words and the look of each reservation status. No Django in here.

The lists, filters, history and calendar of staff, the booking page and the GraphQL enum all read this table, so that a
status has one name for staff, one for clients and one look for both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from reservation.policy import Status


def _(text: str) -> str:
    """Marks a text for script/messages; it is translated where it is shown."""
    return text


class Tone(StrEnum):
    """How a status looks: the name of a CSS class in the calendar and of a label's variant in the admin's theme."""

    WARNING = "warning"
    INFO = "info"
    SUCCESS = "success"
    DANGER = "danger"
    NEUTRAL = "neutral"


class StatusGroup(StrEnum):
    """The groups of statuses by which staff filters and counts reservations; a value is a parameter of a list's URL."""

    BOOKED = "booked"
    HELD = "held"
    CANCELLED = "cancelled"
    NO_SHOW = "no-show"
    LAPSED = "lapsed"


@dataclass(frozen=True, kw_only=True)
class StatusWords:
    """The words and the look of one status.

    staff, client: what each of them calls it.
    sign: stands before a name in the calendar, for people who see no colours.
    group: the group in which it is filtered and counted.
    description: the one in the API's schema.
    """

    staff: str
    client: str
    tone: Tone
    sign: str
    group: StatusGroup
    description: str


STATUS_WORDS: Mapping[Status, StatusWords] = {
    Status.PENDING: StatusWords(
        staff="Held",
        client=_("Held for you"),
        tone=Tone.WARNING,
        sign="◔",
        group=StatusGroup.HELD,
        description="Held until it is confirmed or the hold lapses.",
    ),
    Status.CONFIRMED: StatusWords(
        staff="Confirmed",
        client=_("Booked"),
        tone=Tone.INFO,
        sign="●",
        group=StatusGroup.BOOKED,
        description="Booked.",
    ),
    Status.COMPLETED: StatusWords(
        staff="Completed",
        client=_("Took place"),
        tone=Tone.NEUTRAL,
        sign="✓",
        group=StatusGroup.BOOKED,
        description="The client came.",
    ),
    Status.NO_SHOW: StatusWords(
        staff="No-show",
        client=_("Missed"),
        tone=Tone.DANGER,
        sign="✕",
        group=StatusGroup.NO_SHOW,
        description="The client did not come.",
    ),
    Status.CANCELLED: StatusWords(
        staff="Cancelled",
        client=_("Cancelled"),
        tone=Tone.NEUTRAL,
        sign="-",
        group=StatusGroup.CANCELLED,
        description="Cancelled; its time is open again.",
    ),
    Status.EXPIRED: StatusWords(
        staff="Lapsed",
        client=_("Lapsed"),
        tone=Tone.NEUTRAL,
        sign="-",
        group=StatusGroup.LAPSED,
        description="Not confirmed in time; its time is open again.",
    ),
}


def statuses_in(group: StatusGroup) -> tuple[Status, ...]:
    """The statuses of a group."""
    return tuple(status for status, words in STATUS_WORDS.items() if words.group is group)
