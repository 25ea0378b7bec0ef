"""What listens to what, before the first request."""

from django.apps import AppConfig


class ReservationConfig(AppConfig):
    name = "reservation"

    def ready(self) -> None:
        from reservation.cache import expiry  # it needs the models, which are only there now
        from reservation.database import instants

        expiry.connect()
        instants.connect()
