"""The invariants of live data: each is a query for the rows that violate it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.conf import settings
from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncSecond

from reservation.models import Appointment, EventKind, Reservation, ReservationEvent
from reservation.policy import BOOKED_UNTIL, BOOKINGS, ERASED_EMAIL, HOLDING, OPEN_SINCE, Status

NAMED_ROWS = 20


@dataclass(frozen=True)
class Violation:
    """An invariant that does not hold, and the first twenty rows that violate it."""

    invariant: str
    noun: str
    ids: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.invariant}: {self.noun} {', '.join(map(str, self.ids))}"


def find_violations() -> Iterator[Violation]:
    """All invariants that do not hold. Reads all appointments and reservations once."""
    for invariant, broken in invariants().items():
        if ids := tuple(broken.values_list("pk", flat=True)[:NAMED_ROWS]):
            yield Violation(invariant, broken.model.__name__.lower(), ids)
    for invariant, broken_ids in (
        ("A reservation holds exactly its run of appointments", islice(with_wrong_run(), NAMED_ROWS)),
        ("The last event has a reservation's status", islice(with_wrong_history(), NAMED_ROWS)),
    ):
        if ids := tuple(broken_ids):
            yield Violation(invariant, "reservation", ids)


def invariants() -> dict[str, QuerySet[Model]]:
    """The invariants, each with the rows that violate it."""
    grid = range(0, 60, settings.RESERVATION_POLICY.appointment_minutes)
    leased = Appointment.objects.filter(reservation__isnull=False)
    return {
        "An appointment starts on the grid": Appointment.objects.exclude(
            starts_at__minute__in=list(grid), starts_at__second=0, starts_at=TruncSecond("starts_at")
        ),
        "An appointment without a lease is open, and no other one is": Appointment.objects.filter(
            Q(reservation=None) & ~Q(available_at=OPEN_SINCE, is_booked=False)
            | Q(reservation__isnull=False, available_at__lte=OPEN_SINCE)
        ),
        "What is booked is booked for good": Appointment.objects.exclude(
            Q(is_booked=True, available_at=BOOKED_UNTIL) | Q(is_booked=False, available_at__lt=BOOKED_UNTIL)
        ),
        "A leased appointment is on its reservation's calendar": leased.exclude(
            provider_id=F("reservation__provider_id")
        ),
        "A leased appointment lies within its reservation": leased.exclude(
            starts_at__gte=F("reservation__starts_at"), starts_at__lt=F("reservation__ends_at")
        ),
        "A booked appointment belongs to a booking": leased.booked().exclude(reservation__status__in=BOOKINGS),
        "A held appointment is free again when its hold lapses": leased.filter(is_booked=False).exclude(
            reservation__status=Status.PENDING, available_at=F("reservation__expires_at")
        ),
        "A client is in one place at a time": overlapping_reservations(),
    }


def overlapping_reservations() -> QuerySet[Reservation]:
    """Reservations that overlap with another one of their client; lapsed holds are expired before they overlap.

    The erased client is left out: it has the reservations of many people.
    """
    holding = Reservation.objects.filter(status__in=HOLDING)
    return holding.exclude(client__user__email=ERASED_EMAIL).filter(
        Exists(
            holding.filter(
                client_id=OuterRef("client_id"),
                starts_at__lt=OuterRef("ends_at"),
                ends_at__gt=OuterRef("starts_at"),
            ).exclude(pk=OuterRef("pk"))
        )
    )


def with_wrong_run() -> Iterator[int]:
    """Reservations that have more or fewer appointments than they should."""
    policy = settings.RESERVATION_POLICY
    rows = Reservation.objects.annotate(held=Count("appointments"))
    for pk, status, starts_at, ends_at, held in rows.values_list(
        "pk", "status", "starts_at", "ends_at", "held"
    ).iterator():
        if held != (policy.run_length(ends_at - starts_at) if status in HOLDING else 0):
            yield pk


def with_wrong_history() -> Iterator[int]:
    """Reservations whose status is not that of the last event that changed it."""
    changes = ReservationEvent.objects.filter(reservation_id=OuterRef("pk")).exclude(kind=EventKind.RESCHEDULED)
    rows = Reservation.objects.annotate(last=Subquery(changes.order_by("-pk").values("kind")[:1]))
    for pk, status, kind in rows.values_list("pk", "status", "last").iterator():
        if kind != (EventKind.HELD if status == Status.PENDING else status):
            yield pk
