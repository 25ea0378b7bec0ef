"""Services: what a provider can be reserved for."""

from datetime import timedelta
from typing import ClassVar

from django.db import models

from database.fast_hydration import FastHydration
from reservation.models.fields import NameField, ProseField
from reservation.models.named import Named
from reservation.policy import MAX_NAME_LENGTH, MAX_TEXT_LENGTH


class Service(Named, FastHydration):
    PRIVATE_FIELDS: ClassVar = frozenset({"folded_name", "created_at"})
    """Fields that are not public; all others are."""

    name = NameField(max_length=MAX_NAME_LENGTH, help_text="What the service is called.")
    description = ProseField(
        max_length=MAX_TEXT_LENGTH, blank=True, help_text="What a client should know; may be empty."
    )
    duration_minutes = models.PositiveIntegerField(
        help_text="How long it takes: a multiple of the appointment length (15 minutes)."
    )
    is_active = models.BooleanField(default=True, help_text="Whether it can be reserved.")
    created_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["folded_name", "id"], name="service_by_folded_name"),)
        constraints = (models.CheckConstraint(condition=models.Q(duration_minutes__gt=0), name="service_takes_time"),)

    def __str__(self) -> str:
        return self.name

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.duration_minutes)
