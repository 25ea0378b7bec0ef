"""One slot on a provider's calendar, and the lease that decides who has it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import In

from database.fast_hydration import FastHydration
from reservation.models.provider import Provider
from reservation.models.reservation import Reservation
from reservation.policy import BOOKED_UNTIL, OPEN_SINCE


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def free_at(self, now: datetime) -> Self:
        """Those that nobody holds at this instant: never taken, or taken by a hold that has lapsed."""
        return self.filter(is_booked=False, available_at__lte=now)

    def starting_in(self, starts_from: datetime | None, starts_before: datetime | None) -> Self:
        """Those that start in the half-open interval; None leaves a side open."""
        bounds = {"starts_at__gte": starts_from, "starts_at__lt": starts_before}
        return self.filter(**{lookup: bound for lookup, bound in bounds.items() if bound is not None})

    def release(self) -> int:
        """Open these rows to everyone; answers how many there were."""
        return self.update(reservation=None, available_at=OPEN_SINCE, is_booked=False)

    def of_reservations(self, reservation_ids: Iterable[int]) -> Self:
        return self.filter(In(F("reservation_id"), reservation_ids))


class Appointment(FastHydration):
    """A row has room for one reservation, and every change of hands is one conditional UPDATE."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="appointments", db_index=False)
    starts_at = models.DateTimeField(help_text="When it begins: on the quarter hour in UTC.")
    available_at = models.DateTimeField(
        default=OPEN_SINCE,
        editable=False,
        help_text="From when it may be taken. Open: long ago. Held: when the hold lapses. Booked: the far future.",
    )
    is_booked = models.BooleanField(
        default=False,
        editable=False,
        help_text="Set together with the lease, so that a listing steps over booked weeks by index.",
    )
    reservation = models.ForeignKey(
        Reservation,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="appointments",
        help_text="Who has the lease, or had it last when it lapsed.",
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        indexes = (
            # Both hold every column, so that a listing reads the index alone. Were one missing, the optimiser would
            # find the range over starts_at too dear, and walk all that was ever open.
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
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + settings.RESERVATION_POLICY.appointment_length

    def is_free_at(self, now: datetime) -> bool:
        """Whether nobody holds it at this instant."""
        return self.available_at <= now
