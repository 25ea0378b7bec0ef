"""Clients: people who reserve time."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from database.fast_hydration import FastHydration
from database.model_types import Instant, Integer, manager_of
from reservation.models.fields import NameField, TimeZoneField
from reservation.models.named import Named, NamedQuerySet
from reservation.policy import MAX_NAME_LENGTH, MAX_PHONE_LENGTH

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from reservation.models.reservation import Reservation
    from reservation.models.user import User


class Client(Named, FastHydration):
    id: int
    user: "models.OneToOneField[User]" = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="client"
    )
    user_id: int
    name = NameField(max_length=MAX_NAME_LENGTH, help_text="What to call the client.")
    phone = NameField(max_length=MAX_PHONE_LENGTH, blank=True, help_text="Where to call; empty when not given.")
    time_zone = TimeZoneField(help_text="The zone in which the client reads times.")
    created_at: Instant = models.DateTimeField()
    claim_count: Integer = models.PositiveBigIntegerField(
        default=0,
        editable=False,
        help_text="How often the client has claimed time: written first, so that one client's claims queue up.",
    )

    reservations: "RelatedManager[Reservation]"

    objects = manager_of(NamedQuerySet["Client"])

    class Meta(Named.Meta, FastHydration.Meta):
        permissions = (("export_client", "Can export clients"), ("import_client", "Can import clients"))
        indexes = (models.Index(fields=["folded_name", "id"], name="client_by_folded_name"),)

    def __str__(self) -> str:
        return self.name
