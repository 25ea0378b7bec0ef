"""Services: what a provider can be reserved for."""

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from django.db import models

from database.fast_hydration import FastHydration
from database.model_types import Flag, Instant, Integer, manager_of
from reservation.models.fields import NameField, ProseField
from reservation.models.named import Named, NamedQuerySet
from reservation.policy import MAX_NAME_LENGTH, MAX_TEXT_LENGTH

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import ManyRelatedManager, RelatedManager

    from reservation.models.provider import Provider
    from reservation.models.reservation import Reservation


class Service(Named, FastHydration):
    PRIVATE_FIELDS: ClassVar = frozenset({"folded_name", "created_at"})
    """Fields that are not public; all others are."""

    id: int
    name = NameField(max_length=MAX_NAME_LENGTH, help_text="What the service is called.")
    description = ProseField(
        max_length=MAX_TEXT_LENGTH, blank=True, help_text="What a client should know; may be empty."
    )
    duration_minutes: Integer = models.PositiveIntegerField(
        help_text="How long it takes: a multiple of the appointment length (15 minutes)."
    )
    is_active: Flag = models.BooleanField(default=True, help_text="Whether it can be reserved.")
    created_at: Instant = models.DateTimeField()

    providers: "ManyRelatedManager[Provider, models.Model]"
    reservations: "RelatedManager[Reservation]"

    objects = manager_of(NamedQuerySet["Service"])

    class Meta(Named.Meta, FastHydration.Meta):
        indexes = (models.Index(fields=["folded_name", "id"], name="service_by_folded_name"),)
        constraints = (models.CheckConstraint(condition=models.Q(duration_minutes__gt=0), name="service_takes_time"),)

    def __str__(self) -> str:
        return self.name

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.duration_minutes)
