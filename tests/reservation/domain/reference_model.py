"""The reference model of the stateful test: what the domain should do, as simply as possible and without a database.

It has neither leases nor a sweeper: a hold is live until it lapses, and each live claim holds its slots.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

QUARTER = timedelta(minutes=15)
HOLD = timedelta(minutes=30)
LEAD_TIME = timedelta(hours=24)
MOST_HOLDS = 2

LIVE = ("PENDING", "CONFIRMED")

Slot = tuple[str, datetime]
"""The provider's name, and when the slot starts."""


class Refused(Exception):
    """A command was refused, with the code of the domain's error."""


@dataclass(frozen=True)
class Claim:
    client: str
    provider: str
    starts_at: datetime
    length: int
    status: str
    lapses_at: datetime | None

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.length * QUARTER

    @property
    def slots(self) -> list[Slot]:
        return run((self.provider, self.starts_at), self.length)


def run(first: Slot, length: int) -> list[Slot]:
    provider, starts_at = first
    return [(provider, starts_at + place * QUARTER) for place in range(length)]


class ReferenceModel:
    """Claims are identified by their number. A caller is the name of a provider or of a client, or "staff"."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now
        self.calendar: set[Slot] = set()
        self.claims: dict[int, Claim] = {}

    # --- Queries ---------------------------------------------------------------------------------------------------

    def live(self) -> dict[int, Claim]:
        return {number: claim for number, claim in self.claims.items() if claim.status in LIVE}

    def holders(self) -> dict[Slot, int | None]:
        """The claim that holds each slot of the calendars, or None."""
        held = {slot: number for number, claim in self.live().items() for slot in claim.slots}
        return {slot: held.get(slot) for slot in self.calendar}

    def open_slots(self, length: int) -> set[Slot]:
        """The slots with which a run of this length that can be reserved starts."""
        free = {slot for slot, holder in self.holders().items() if holder is None}
        return {slot for slot in free if slot[1] >= self.now + LEAD_TIME and free.issuperset(run(slot, length))}

    # --- Commands --------------------------------------------------------------------------------------------------

    def wait(self, span: timedelta) -> None:
        self.now += span
        for number, claim in self.claims.items():
            if claim.lapses_at is not None and claim.lapses_at <= self.now:
                self.claims[number] = replace(claim, status="EXPIRED", lapses_at=None)

    def offer(self, caller: str, first: Slot, length: int) -> int:
        self.require_calendar(caller, first)
        missing = set(run(first, length)) - self.calendar
        self.calendar |= missing
        return len(missing)

    def withdraw(self, caller: str, first: Slot, length: int) -> int:
        self.require_calendar(caller, first)
        interval = set(run(first, length))
        withdrawn = {slot for slot, holder in self.holders().items() if slot in interval and holder is None}
        self.calendar -= withdrawn
        return len(withdrawn)

    def reserve(self, client: str, first: Slot, length: int) -> int:
        claim = Claim(client, *first, length, "PENDING", self.now + HOLD)
        self.require_place(claim, others=self.live())
        holds = [one for one in self.live().values() if one.client == client and one.status == "PENDING"]
        if len(holds) >= MOST_HOLDS:
            raise Refused("TOO_MANY_HOLDS")
        number = len(self.claims)
        self.claims[number] = claim
        return number

    def confirm(self, caller: str, number: int) -> int:
        claim = self.require_party(caller, number, may=("client", "staff"))
        if claim.status not in LIVE:
            raise Refused("HOLD_EXPIRED" if claim.status == "EXPIRED" else "INVALID_TRANSITION")
        self.claims[number] = replace(claim, status="CONFIRMED", lapses_at=None)
        return number

    def cancel(self, caller: str, number: int) -> int:
        claim = self.require_party(caller, number, may=("client", "provider", "staff"))
        if claim.status not in LIVE:
            raise Refused("INVALID_TRANSITION")
        if claim.starts_at <= self.now:
            raise Refused("TOO_LATE_TO_CANCEL")
        self.claims[number] = replace(claim, status="CANCELLED", lapses_at=None)
        return number

    def reschedule(self, caller: str, number: int, first: Slot) -> int:
        claim = self.require_party(caller, number, may=("client", "staff"))
        if claim.status not in LIVE:
            raise Refused("HOLD_EXPIRED" if claim.status == "EXPIRED" else "INVALID_TRANSITION")
        if first == claim.slots[0]:
            return number
        if claim.starts_at <= self.now:
            raise Refused("TOO_LATE_TO_CANCEL")
        provider, starts_at = first
        moved = replace(claim, provider=provider, starts_at=starts_at)
        others = {other: one for other, one in self.live().items() if other != number}
        self.require_place(moved, others=others)
        self.claims[number] = moved
        return number

    # --- Refusals, in the order in which the domain checks ---------------------------------------------------------

    def require_calendar(self, caller: str, first: Slot) -> None:
        if caller not in ("staff", first[0]):
            raise Refused("FORBIDDEN")
        if first[1] < self.now:
            raise Refused("INVALID_INPUT")

    def require_place(self, claim: Claim, *, others: dict[int, Claim]) -> None:
        if claim.slots[0] not in self.calendar:
            raise Refused("NOT_FOUND")
        if claim.starts_at < self.now + LEAD_TIME:
            raise Refused("TOO_SOON")
        taken = {slot for other in others.values() for slot in other.slots}
        if not self.calendar.issuperset(claim.slots) or not taken.isdisjoint(claim.slots):
            raise Refused("APPOINTMENT_TAKEN")
        for other in others.values():
            overlaps = other.starts_at < claim.ends_at and claim.starts_at < other.ends_at
            if other.client == claim.client and overlaps:
                raise Refused("CLIENT_BUSY")

    def require_party(self, caller: str, number: int, *, may: tuple[str, ...]) -> Claim:
        claim = self.claims[number]
        roles = {claim.client: "client", claim.provider: "provider", "staff": "staff"}
        if caller not in roles:
            raise Refused("NOT_FOUND")
        if roles[caller] not in may:
            raise Refused("FORBIDDEN")
        return claim
