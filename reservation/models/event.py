"""Events: the history of a reservation for staff, and the outbox for later notifications."""

from enum import StrEnum
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from database.collations import ByteCharField
from database.model_types import Instant, Json
from reservation.models.reservation import Reservation

if TYPE_CHECKING:
    from reservation.models.user import User


class EventKind(StrEnum):
    HELD = "HELD"
    CONFIRMED = "CONFIRMED"
    RESCHEDULED = "RESCHEDULED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    COMPLETED = "COMPLETED"
    NO_SHOW = "NO_SHOW"


class ReservationEvent(models.Model):
    """Written in the transaction of the change that it records, and never changed afterwards.

    Only its user is set to null, when that was a client who is erased.
    """

    id: int
    reservation = models.ForeignKey[Reservation](Reservation, models.PROTECT, related_name="events")
    reservation_id: int
    kind = ByteCharField(max_length=11, choices=[(kind, kind) for kind in EventKind])
    user: "models.ForeignKey[User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        # The check would take a shared lock on the account, for which another command of the same caller may hold an
        # exclusive one while it waits for this transaction (decision 6).
        db_constraint=False,
        help_text="Who did it; null when it was the passing of time.",
    )
    user_id: int | None
    occurred_at: Instant = models.DateTimeField()
    before: Json = models.JSONField(
        null=True, help_text="Status, provider, start and end before; null for the first event."
    )
    after: Json = models.JSONField(help_text="Status, provider, start and end afterwards.")

    def __str__(self) -> str:
        return f"{self.kind} of reservation {self.reservation_id}"
