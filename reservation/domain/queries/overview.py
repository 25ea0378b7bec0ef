"""The overview for staff: how full the days are, what comes next, and what needs attention.

Each statement reads a range of one index, up to a bound, so that its cost does not depend on other rows. None joins
two tables: the optimiser would begin with the smaller one, and sort all rows (2.4 s among 175,000 rows).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet, prefetch_related_objects

from reservation.models import Appointment, Provider, Reservation
from reservation.policy import HOLDING, MOVABLE, Status
from reservation.status_words import STATUS_WORDS, StatusGroup, statuses_in

MOST = 100
"""The bound of every count; a greater number is shown as `MOST` with a plus sign."""

SHOWN = 3
"""How many of each kind of concern are named."""

SOON = timedelta(minutes=10)
"""A hold that lapses this soon is listed as a concern."""

LONG_AGO = timedelta(hours=1)
"""For how long a lapsed hold may be unmarked before it is listed as a concern."""

LOOK_BACK = timedelta(days=7)
"""For how long after its start a reservation without an outcome is listed."""

LOOK_AHEAD = timedelta(hours=4)
"""How far ahead overlapping reservations of a client are searched; `verify_reservations` checks all."""

TALLIED: tuple[StatusGroup, ...] = tuple(group for group in StatusGroup if group is not StatusGroup.LAPSED)
"""The groups that a tally counts. Lapsed holds are free time, and counted as that."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The numbers of an interval: free appointments that lie ahead, and reservations by group."""

    free: int
    reservations: Mapping[StatusGroup, int]


@dataclass(frozen=True)
class Concern:
    """Reservations that need attention: how many there are, up to MOST, and the first few."""

    kind: str
    number: int
    first: list[Reservation]

    @property
    def is_more(self) -> bool:
        return self.number >= MOST


def inactive_providers() -> list[int]:
    """The ids of providers who are not active. One statement."""
    return list(Provider.objects.filter(is_active=False).order_by("pk").values_list("pk", flat=True))


def tally(*, starts_from: datetime, starts_before: datetime, inactive: Collection[int], now: datetime) -> Tally:
    """The numbers of what begins in the half-open interval. Three statements.

    inactive: the ids of providers whose free appointments do not count.
    """
    within = Reservation.objects.filter(starts_at__gte=starts_from, starts_at__lt=starts_before)
    numbers = dict.fromkeys(TALLIED, 0)
    statuses = [status for group in TALLIED for status in statuses_in(group) if status is not Status.PENDING]
    for status, number in within.filter(status__in=statuses).order_by().values_list("status").annotate(Count("pk")):
        numbers[STATUS_WORDS[Status(status)].group] += number
    # A hold that has lapsed is still PENDING in its row, and read by another index.
    numbers[StatusGroup.HELD] += within.live_at(now).count()
    free = Appointment.objects.free_at(now).starting_in(max(starts_from, now), starts_before)
    if inactive:
        free = free.exclude(provider_id__in=inactive)
    return Tally(free=free.count(), reservations=numbers)


def coming_up(*, now: datetime, number: int) -> list[Reservation]:
    """The next reservations to begin. One statement."""
    ahead = Reservation.objects.filter(starts_at__gte=now).with_status_at(MOVABLE, now)
    return list(ahead.order_by("starts_at", "id")[:number])


def concerns(*, inactive: Collection[int], now: datetime) -> list[Concern]:
    """The concerns of each kind that has any, the most urgent kind first. One statement per kind."""
    found = ((kind, list(rows[:MOST])) for kind, rows in reservations_by_kind(inactive, now))
    return [Concern(kind, len(rows), rows[:SHOWN]) for kind, rows in found if rows]


def reservations_by_kind(inactive: Collection[int], now: datetime) -> Iterator[tuple[str, QuerySet[Reservation]]]:
    """The kinds of concerns, each with its reservations, found by an index."""
    reservations = Reservation.objects
    yield "lapsing", reservations.live_at(now).lapsed_at(now + SOON).order_by("expires_at")
    yield "in two places", reservations.filter(pk__in=in_two_places(now)).order_by("starts_at", "id")
    away = reservations.filter(provider_id__in=inactive, starts_at__gt=now).with_status_at(MOVABLE, now)
    yield "inactive provider", away.order_by("starts_at", "id")
    over = reservations.filter(status=Status.CONFIRMED, starts_at__gte=now - LOOK_BACK, starts_at__lt=now)
    yield "not closed", over.filter(ends_at__lte=now).order_by("starts_at", "id")
    yield "not marked as expired", reservations.lapsed_at(now - LONG_AGO).order_by("expires_at")


def in_two_places(now: datetime) -> list[int]:
    """Reservations that begin soon and overlap with another one of their client. No command creates them."""
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
    """Prefetch the client, provider and service of each. Three statements, however many there are."""
    prefetch_related_objects(reservations, "client", "provider", "service")
