"""Reservations: a client's claim on a run of appointments."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from database.collations import ByteCharField
from database.fast_hydration import FastHydration
from database.model_types import Instant, OptionalInstant, manager_of
from reservation.models.client import Client
from reservation.models.fields import OptionalProseField, ProseField
from reservation.models.provider import Provider
from reservation.models.service import Service
from reservation.policy import MAX_TEXT_LENGTH, Status

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from reservation.models.appointment import Appointment
    from reservation.models.event import ReservationEvent


def live_hold_at(now: datetime) -> Q:
    """Unconfirmed at this instant, with a hold that has not lapsed."""
    return Q(status=Status.PENDING, expires_at__gt=now)


def lapsed_hold_at(now: datetime) -> Q:
    """Unconfirmed, with a hold that has lapsed at this instant, and not marked as expired yet."""
    return Q(status=Status.PENDING, expires_at__lte=now)


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def lapsed_at(self, now: datetime) -> Self:
        return self.filter(lapsed_hold_at(now))

    def live_at(self, now: datetime) -> Self:
        return self.filter(live_hold_at(now))

    def with_status_at(self, statuses: Iterable[Status], now: datetime) -> Self:
        """Those in one of these states at this instant: a lapsed hold is EXPIRED."""
        matches = Q(pk__in=[])
        for status in set(statuses):
            matches |= live_hold_at(now) if status is Status.PENDING else Q(status=status)
            if status is Status.EXPIRED:
                matches |= lapsed_hold_at(now)
        return self.filter(matches)


class Reservation(FastHydration):
    """It has no foreign key to its appointments: they refer to it.

    A foreign key from here would take a shared lock on the slot that the lease's UPDATE must then upgrade, and
    competing clients would deadlock.
    """

    id: int
    client = models.ForeignKey[Client](Client, models.PROTECT, related_name="reservations", db_index=False)
    client_id: int
    provider = models.ForeignKey[Provider](Provider, models.PROTECT, related_name="reservations", db_index=False)
    provider_id: int
    service = models.ForeignKey[Service | None](
        Service, models.PROTECT, null=True, blank=True, related_name="reservations"
    )
    service_id: int | None
    starts_at: Instant = models.DateTimeField(help_text="When its first appointment begins.")
    ends_at: Instant = models.DateTimeField(help_text="When its last appointment ends.")
    status = ByteCharField(max_length=10, choices=[(status, status) for status in Status])
    expires_at: OptionalInstant = models.DateTimeField(
        null=True, help_text="When the unconfirmed hold lapses; null unless PENDING."
    )
    note = ProseField(max_length=MAX_TEXT_LENGTH, blank=True, help_text="What the client wants to tell.")
    created_at: Instant = models.DateTimeField(help_text="When the time was first held.")
    confirmed_at: OptionalInstant = models.DateTimeField(null=True, help_text="When the hold became a booking.")
    cancelled_at: OptionalInstant = models.DateTimeField(null=True, help_text="When it was cancelled.")
    cancel_reason = OptionalProseField(
        max_length=MAX_TEXT_LENGTH, null=True, blank=True, help_text="Why it was cancelled; null unless it was."
    )

    appointments: "RelatedManager[Appointment]"
    events: "RelatedManager[ReservationEvent]"

    objects = manager_of(ReservationQuerySet)

    class Meta(FastHydration.Meta):
        indexes = (
            models.Index(fields=["client", "starts_at"], name="reservation_by_client"),
            models.Index(fields=["provider", "starts_at"], name="reservation_by_provider"),
            models.Index(fields=["starts_at"], name="reservation_by_start"),
            models.Index(fields=["created_at"], name="reservation_by_created_at"),
            models.Index(fields=["status", "expires_at"], name="reservation_by_expiry"),
            models.Index(fields=["status", "starts_at", "id"], name="reservation_by_status"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="reservation_takes_time"),
            models.CheckConstraint(condition=Q(status__in=list(Status)), name="reservation_status_is_known"),
            models.CheckConstraint(
                condition=Q(status=Status.PENDING, expires_at__isnull=False)
                | (~Q(status=Status.PENDING) & Q(expires_at__isnull=True)),
                name="reservation_only_holds_expire",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW])
                | Q(confirmed_at__isnull=False),
                name="reservation_booking_was_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CANCELLED, cancelled_at__isnull=False)
                | (~Q(status=Status.CANCELLED) & Q(cancelled_at__isnull=True)),
                name="reservation_cancelled_at_when_cancelled",
            ),
        )

    def __str__(self) -> str:
        return f"Reservation {self.pk}"

    def status_at(self, now: datetime) -> Status:
        """Its state at this instant: a hold lapses by the passing of time."""
        status = Status(self.status)
        if status is Status.PENDING and self.expires_at is not None and self.expires_at <= now:
            return Status.EXPIRED
        return status
