"""Clients: people who reserve time."""

from django.conf import settings
from django.db import models

from database.fast_hydration import FastHydration
from reservation.models.fields import NameField, TimeZoneField
from reservation.models.named import Named
from reservation.policy import MAX_NAME_LENGTH, MAX_PHONE_LENGTH


class Client(Named, FastHydration):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="client")
    name = NameField(max_length=MAX_NAME_LENGTH, help_text="What to call the client.")
    phone = NameField(max_length=MAX_PHONE_LENGTH, blank=True, help_text="Where to call; empty when not given.")
    time_zone = TimeZoneField(help_text="The zone in which the client reads times.")
    created_at = models.DateTimeField()
    claim_count = models.PositiveBigIntegerField(
        default=0,
        editable=False,
        help_text="How often the client has claimed time: written first, so that one client's claims queue up.",
    )

    class Meta:
        permissions = (("export_client", "Can export clients"), ("import_client", "Can import clients"))
        indexes = (models.Index(fields=["folded_name", "id"], name="client_by_folded_name"),)

    def __str__(self) -> str:
        return self.name
