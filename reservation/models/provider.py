"""Providers: people who offer time."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models

from database.fast_hydration import FastHydration
from database.model_types import Flag, Instant, manager_of
from reservation.models.fields import NameField, ProseField, TimeZoneField
from reservation.models.named import Named, NamedQuerySet
from reservation.models.service import Service
from reservation.policy import MAX_NAME_LENGTH, MAX_TEXT_LENGTH

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from reservation.models.appointment import Appointment
    from reservation.models.reservation import Reservation
    from reservation.models.user import User


class Provider(Named, FastHydration):
    PRIVATE_FIELDS: ClassVar = frozenset({"user", "folded_name", "created_at"})
    """Fields that are not public; all others are."""

    id: int
    user: "models.OneToOneField[User]" = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="provider"
    )
    user_id: int
    name = NameField(max_length=MAX_NAME_LENGTH, help_text="What clients know the provider by.")
    bio = ProseField(max_length=MAX_TEXT_LENGTH, blank=True, help_text="A few words; may be empty.")
    time_zone = TimeZoneField(help_text="The zone in which the provider works.")
    is_active: Flag = models.BooleanField(default=True, help_text="Whether the provider's time can be reserved.")
    services = models.ManyToManyField(Service, related_name="providers", blank=True)
    created_at: Instant = models.DateTimeField()

    appointments: "RelatedManager[Appointment]"
    reservations: "RelatedManager[Reservation]"

    objects = manager_of(NamedQuerySet["Provider"])

    class Meta(Named.Meta, FastHydration.Meta):
        permissions = (("export_provider", "Can export providers"), ("import_provider", "Can import providers"))
        indexes = (
            models.Index(fields=["folded_name", "id"], name="provider_by_folded_name"),
            models.Index(fields=["created_at", "id"], name="provider_by_created_at"),
        )

    def __str__(self) -> str:
        return self.name
