"""What staff sees first: how full the days are, what comes next, and what somebody should look at.

Each statement reads a range of one index, and up to a bound, so that it costs the same whatever lies outside. None
joins two tables: the optimiser would begin with the smaller one, and sort all there is (2.4 s among 175,000 rows).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet, prefetch_related_objects

from reservation.models import Appointment, Provider, Reservation
from reservation.policy import HOLDING, MOVABLE, Status
from reservation.status_words import STATUS_WORDS, StatusGroup, statuses_in

MOST = 100
"""Nobody counts further by eye: more are `MOST` and a plus sign."""

SHOWN = 3
"""How many of each kind of concern are named."""

SOON = timedelta(minutes=10)
"""A hold that lapses so soon is worth a call."""

LONG_AGO = timedelta(hours=1)
"""When holds that have lapsed should have been written down."""

LOOK_BACK = timedelta(days=7)
"""For how long a reservation that nobody has closed is brought up."""

LOOK_AHEAD = timedelta(hours=4)
"""How far ahead clients are looked for who are in two places; `verify_reservations` looks at all there is."""

TALLIED: tuple[StatusGroup, ...] = tuple(group for group in StatusGroup if group is not StatusGroup.LAPSED)
"""The groups that a tally counts. Lapsed holds are free time, and counted as that."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The numbers of an interval: free appointments that lie ahead, and reservations by group."""

    free: int
    reservations: Mapping[StatusGroup, int]


@dataclass(frozen=True)
class Concern:
    """What somebody should look at: how many there are, up to MOST, and the first few."""

    kind: str
    number: int
    first: list[Reservation]

    @property
    def is_more(self) -> bool:
        return self.number >= MOST


def inactive_providers() -> list[int]:
    """The ids of providers whose time cannot be reserved. One statement."""
    return list(Provider.objects.filter(is_active=False).order_by("pk").values_list("pk", flat=True))


def tally(*, starts_from: datetime, starts_before: datetime, inactive: Collection[int], now: datetime) -> Tally:
    """Counts what begins in the half-open interval. Three statements.

    inactive: providers whose free time does not count.
    """
    within = Reservation.objects.filter(starts_at__gte=starts_from, starts_at__lt=starts_before)
    numbers = dict.fromkeys(TALLIED, 0)
    statuses = [status for group in TALLIED for status in statuses_in(group) if status is not Status.PENDING]
    for status, number in within.filter(status__in=statuses).order_by().values_list("status").annotate(Count("pk")):
        numbers[STATUS_WORDS[Status(status)].group] += number
    # A hold that has lapsed is still PENDING in its row, and read by another index.
    numbers[StatusGroup.HELD] += within.filter(status=Status.PENDING, expires_at__gt=now).count()
    free = Appointment.objects.free_at(now).starting_in(max(starts_from, now), starts_before)
    if inactive:
        free = free.exclude(provider_id__in=inactive)
    return Tally(free=free.count(), reservations=numbers)


def coming_up(*, now: datetime, number: int) -> list[Reservation]:
    """What begins next and is still to come. One statement."""
    ahead = Reservation.objects.filter(starts_at__gte=now).with_status_at(MOVABLE, now)
    return list(ahead.order_by("starts_at", "id")[:number])


def concerns(*, inactive: Collection[int], now: datetime) -> list[Concern]:
    """What there is of each kind, in the order of haste. One statement a kind."""
    found = ((kind, list(rows[:MOST])) for kind, rows in kinds(inactive, now))
    return [Concern(kind, len(rows), rows[:SHOWN]) for kind, rows in found if rows]


def kinds(inactive: Collection[int], now: datetime) -> Iterator[tuple[str, QuerySet[Reservation]]]:
    """What somebody should look at; each is found by an index."""
    reservations = Reservation.objects
    pending = reservations.filter(status=Status.PENDING)
    yield "lapsing", pending.filter(expires_at__gt=now, expires_at__lte=now + SOON).order_by("expires_at")
    yield "in two places", reservations.filter(pk__in=in_two_places(now)).order_by("starts_at", "id")
    away = reservations.filter(provider_id__in=inactive, starts_at__gt=now).with_status_at(MOVABLE, now)
    yield "provider away", away.order_by("starts_at", "id")
    over = reservations.filter(status=Status.CONFIRMED, starts_at__gte=now - LOOK_BACK, starts_at__lt=now)
    yield "not closed", over.filter(ends_at__lte=now).order_by("starts_at", "id")
    yield "not tidied", reservations.lapsed_at(now - LONG_AGO).order_by("expires_at")


def in_two_places(now: datetime) -> list[int]:
    """Reservations that begin soon, and during which their client has another one. No command makes any."""
    soon = Reservation.objects.filter(starts_at__gte=now, starts_at__lt=now + LOOK_AHEAD, status__in=HOLDING)
    found: list[int] = []
    last_of: dict[int, tuple[int, datetime]] = {}
    for pk, client_id, starts_at, ends_at in soon.order_by("starts_at", "id").values_list(
        "pk", "client_id", "starts_at", "ends_at"
    ):
        last_pk, last_ends_at = last_of.get(client_id, (pk, starts_at))
        if last_ends_at > starts_at:
            found += [last_pk, pk]
        last_of[client_id] = (pk, max(ends_at, last_ends_at))
    return found[:MOST]


def name_people(reservations: list[Reservation]) -> None:
    """Read everybody in these. Three statements, however many there are."""
    prefetch_related_objects(reservations, "client", "provider", "service")
