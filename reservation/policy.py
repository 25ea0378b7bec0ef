"""The rules of the business: its numbers, its state machine and its arithmetic of time. No Django in here.

Intervals are half-open, `[starts_at, ends_at)`. Instants are aware datetimes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_INSTANT = datetime.max.replace(tzinfo=UTC)


def later(instant: datetime, duration: timedelta) -> datetime:
    """The instant that is this much later, or the last one that there is: calendars may reach the end of year 9999."""
    return instant + min(duration, LAST_INSTANT - instant)


# --- The lease -----------------------------------------------------------------------------------------------------

OPEN_SINCE = EPOCH
"""`available_at` of an appointment that no reservation has: it has been free since then."""

BOOKED_UNTIL = datetime(9000, 1, 1, tzinfo=UTC)
"""`available_at` of a booked appointment: it does not become free by the passing of time."""


# --- The state machine ---------------------------------------------------------------------------------------------


class Status(StrEnum):
    """The state of a reservation."""

    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    COMPLETED = "COMPLETED"
    NO_SHOW = "NO_SHOW"


TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.CONFIRMED, Status.CANCELLED, Status.EXPIRED}),
    Status.CONFIRMED: frozenset({Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED}),
    Status.CANCELLED: frozenset(),
    Status.EXPIRED: frozenset(),
    Status.COMPLETED: frozenset(),
    Status.NO_SHOW: frozenset(),
}

HOLDING = frozenset({Status.PENDING, Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW})
"""A reservation in one of these states holds its appointments."""

BOOKINGS = HOLDING - {Status.PENDING}
"""A reservation in one of these states was confirmed and has not been cancelled."""

MOVABLE = frozenset({Status.PENDING, Status.CONFIRMED})
"""A reservation in one of these states may be moved to another start."""


class Role(StrEnum):
    """A caller's role for a reservation; the values are worded for messages."""

    CLIENT = "its client"
    PROVIDER = "its provider"
    STAFF = "staff"


class Action(StrEnum):
    """What can be done to a reservation that exists."""

    CONFIRM = "confirm"
    CANCEL = "cancel"
    RESCHEDULE = "reschedule"
    COMPLETE = "complete"
    MARK_NO_SHOW = "mark as no-show"


MAY: dict[Action, frozenset[Role]] = {
    Action.CONFIRM: frozenset({Role.CLIENT, Role.STAFF}),
    Action.CANCEL: frozenset({Role.CLIENT, Role.PROVIDER, Role.STAFF}),
    Action.RESCHEDULE: frozenset({Role.CLIENT, Role.STAFF}),
    Action.COMPLETE: frozenset({Role.PROVIDER, Role.STAFF}),
    Action.MARK_NO_SHOW: frozenset({Role.PROVIDER, Role.STAFF}),
}
"""The roles that may do each action."""

LEADS_TO: dict[Action, Status] = {
    Action.CONFIRM: Status.CONFIRMED,
    Action.CANCEL: Status.CANCELLED,
    Action.COMPLETE: Status.COMPLETED,
    Action.MARK_NO_SHOW: Status.NO_SHOW,
}
"""The status after an action. An action without an entry does not change the status."""


# --- The numbers ---------------------------------------------------------------------------------------------------

MAX_NAME_LENGTH = 200
MAX_PHONE_LENGTH = 40
MAX_TEXT_LENGTH = 2000
"""Of a note, a description, a bio or a reason, in characters."""

MAX_IDEMPOTENCY_KEY_LENGTH = 255

ERASED_EMAIL = "erased"
"""The e-mail of the account that stands for all erased clients: not an address, so nobody can sign up with it."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Every number that the business could change. `settings.RESERVATION_POLICY` is the one in force.

    appointment_length: one slot of a calendar; it must divide an hour.
    hold: how long a reservation may stay unconfirmed before it lapses.
    lead_time: how far ahead of its start an appointment must be reserved.
    max_live_holds: how many unconfirmed reservations a client may have at once.
    max_reservations_per_hour: how often a caller may try to reserve within an hour; 0: no limit.
    max_reservations_per_hour_of_network: the same for all callers at one address together.
    max_interval: the longest interval that one call offers, withdraws or lists; in days of any zone, so it is longer
        by an hour where clocks are set back meanwhile.
    offer_horizon: how far ahead time may be offered.
    max_service_length: the longest service.
    cancellation_notice: how long before the start a client may still cancel a confirmed reservation.
    retention: how long after its start a reservation is anonymised; None: never.
    key_life: for how long an idempotency key is stored.
    """

    appointment_length: timedelta = timedelta(minutes=15)
    hold: timedelta = timedelta(minutes=30)
    lead_time: timedelta = timedelta(hours=24)
    max_live_holds: int = 5
    max_reservations_per_hour: int = 30
    max_reservations_per_hour_of_network: int = 60
    max_interval: timedelta = timedelta(days=62)
    offer_horizon: timedelta = timedelta(days=1826)
    max_service_length: timedelta = timedelta(hours=8)
    cancellation_notice: timedelta = timedelta(0)
    retention: timedelta | None = None
    key_life: timedelta = timedelta(days=30)

    def __post_init__(self) -> None:
        if self.appointment_length <= timedelta(0) or timedelta(hours=1) % self.appointment_length:
            raise ValueError("The appointment length must divide an hour.")
        if self.key_life < timedelta(0) or (self.retention or timedelta(0)) < timedelta(0):
            raise ValueError("retention and key_life must not be negative.")

    @property
    def appointment_minutes(self) -> int:
        """The appointment length in minutes."""
        return self.appointment_length // timedelta(minutes=1)

    def is_on_grid(self, instant: datetime) -> bool:
        """Whether an appointment may start at this instant: at a multiple of the appointment length, in UTC."""
        return not (instant - EPOCH) % self.appointment_length

    def starts(self, starts_at: datetime, ends_at: datetime) -> Iterator[datetime]:
        """The start of every appointment between two instants on the grid, in order."""
        while starts_at < ends_at:
            yield starts_at
            starts_at += self.appointment_length

    def run_length(self, duration: timedelta | None) -> int:
        """How many consecutive appointments a service of this duration takes; one without a service (None)."""
        return 1 if duration is None else -(-duration // self.appointment_length)

    def latest_end(self, now: datetime) -> datetime:
        """The last instant until which time can be offered now."""
        return later(now, self.offer_horizon)

    def earliest_start(self, now: datetime) -> datetime:
        """The first instant that can be reserved now."""
        return now + self.lead_time
