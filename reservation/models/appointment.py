"""One slot on a provider's calendar, and the lease that decides which reservation has it.

This file alone decides which appointments are free, held, booked and open, for statements and for instances.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.lookups import In

from database.fast_hydration import FastHydration
from database.model_types import Flag, Instant, manager_of
from reservation.models.lookups import row_exists
from reservation.models.provider import Provider
from reservation.models.reservation import Reservation
from reservation.policy import BOOKED_UNTIL, OPEN_SINCE, later


def free_at(now: datetime) -> Q:
    """Free at this instant: never taken, or taken by a hold that has lapsed."""
    return Q(is_booked=False, available_at__lte=now)


def held_at(now: datetime) -> Q:
    """Held at this instant by a reservation that is not confirmed."""
    return Q(is_booked=False, available_at__gt=now)


def taken_at(now: datetime) -> Q:
    """Held or booked at this instant: not free."""
    return Q(available_at__gt=now)


def booked() -> Q:
    """Booked, at any instant."""
    return Q(is_booked=True)


def in_time_at(now: datetime, *, earliest_start: datetime | None = None) -> Q:
    """Free at this instant, and starting after the lead time: open, provided that the provider is active.

    earliest_start: the first instant that may be reserved, which a compiled query cannot compute from its Param `now`.
        Default: the policy's for now.
    """
    if earliest_start is None:
        earliest_start = settings.RESERVATION_POLICY.earliest_start(now)
    return free_at(now) & Q(starts_at__gte=earliest_start)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def free_at(self, now: datetime) -> Self:
        return self.filter(free_at(now))

    def held_at(self, now: datetime) -> Self:
        return self.filter(held_at(now))

    def taken_at(self, now: datetime) -> Self:
        return self.filter(taken_at(now))

    def booked(self) -> Self:
        return self.filter(booked())

    def open_at(self, now: datetime, *, earliest_start: datetime | None = None) -> Self:
        """Those that can be reserved at this instant, each by itself: free, in time, and of an active provider."""
        active = Provider.objects.filter(pk=OuterRef("provider_id"), is_active=True)
        return self.filter(in_time_at(now, earliest_start=earliest_start)).filter(row_exists(active))

    def whether_booked_or_not(self) -> Self:
        """All of them, by a condition that makes the index over provider, is_booked and starts_at usable."""
        return self.filter(is_booked__in=[False, True])

    def starting_in(self, starts_from: datetime | None, starts_before: datetime | None) -> Self:
        """Those that start in the half-open interval; None leaves a side open."""
        bounds = {"starts_at__gte": starts_from, "starts_at__lt": starts_before}
        return self.filter(**{lookup: bound for lookup, bound in bounds.items() if bound is not None})

    def release(self) -> int:
        """Release these appointments; returns how many there were."""
        return self.update(reservation=None, available_at=OPEN_SINCE, is_booked=False)

    def of_reservations(self, reservation_ids: Iterable[int]) -> Self:
        """Those that one of these reservations has, or had when its hold lapsed."""
        # Not `reservation__in`, which takes no Params.
        return self.filter(In(F("reservation_id"), reservation_ids))


class Appointment(FastHydration):
    """A row has room for one reservation; one conditional UPDATE decides which one gets it."""

    id: int
    provider = models.ForeignKey[Provider](Provider, models.PROTECT, related_name="appointments", db_index=False)
    provider_id: int
    starts_at: Instant = models.DateTimeField(help_text="When it begins: on the quarter hour in UTC.")
    available_at: Instant = models.DateTimeField(
        default=OPEN_SINCE,
        editable=False,
        help_text="From when it may be taken. Open: long ago. Held: when the hold lapses. Booked: the far future.",
    )
    is_booked: Flag = models.BooleanField(
        default=False,
        editable=False,
        help_text="Set together with the lease, so that a listing steps over booked weeks by index.",
    )
    reservation = models.ForeignKey[Reservation | None](
        Reservation,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="appointments",
        help_text="Who has the lease, or had it last when it lapsed.",
    )
    reservation_id: int | None

    objects = manager_of(AppointmentQuerySet)

    class Meta(FastHydration.Meta):
        indexes = (
            # Both contain every column, so that a listing reads the index alone. If one were missing, the optimiser
            # would judge the range over starts_at too expensive, and scan all appointments that were ever free.
            models.Index(
                fields=["is_booked", "starts_at", "id", "available_at", "provider", "reservation"],
                name="appointment_free_by_start",
            ),
            models.Index(
                fields=["provider", "is_booked", "starts_at", "id", "available_at", "reservation"],
                name="appointment_free_by_provider",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["provider", "starts_at"], name="appointment_is_single"),
            models.CheckConstraint(
                name="appointment_lease_is_whole",
                condition=(
                    Q(reservation__isnull=True, available_at=OPEN_SINCE, is_booked=False)
                    | Q(reservation__isnull=False, available_at=BOOKED_UNTIL, is_booked=True)
                    | Q(
                        reservation__isnull=False,
                        available_at__gt=OPEN_SINCE,
                        available_at__lt=BOOKED_UNTIL,
                        is_booked=False,
                    )
                ),
            ),
        )

    def __str__(self) -> str:
        return f"Appointment {self.pk}"

    @property
    def ends_at(self) -> datetime:
        return later(self.starts_at, settings.RESERVATION_POLICY.appointment_length)

    def is_free_at(self, now: datetime) -> bool:
        """Whether it is free at this instant: never taken, or taken by a hold that has lapsed."""
        return not self.is_booked and self.available_at <= now

    def is_held_at(self, now: datetime) -> bool:
        """Whether a reservation that is not confirmed holds it at this instant."""
        return not self.is_booked and self.available_at > now

    def is_open_at(self, now: datetime, *, provider: Provider, own: int | None = None) -> bool:
        """Whether this appointment of the provider can be reserved at this instant, by itself.

        own: the id of a reservation whose own appointments count as open, since it can be moved onto them.
        """
        is_free = self.is_free_at(now) or (own is not None and self.reservation_id == own)
        is_in_time = self.starts_at >= settings.RESERVATION_POLICY.earliest_start(now)
        return is_free and is_in_time and provider.is_active
