"""The Django app of the business."""

from django.apps import AppConfig

from database import collations


class ReservationConfig(AppConfig):
    name = "reservation"

    def ready(self) -> None:
        collations.connect_receivers(sender=self)
