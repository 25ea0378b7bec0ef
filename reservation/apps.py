"""What listens to what, before the first request."""

from django.apps import AppConfig
from django.core.cache import close_caches
from django.core.signals import request_finished


class ReservationConfig(AppConfig):
    name = "reservation"

    def ready(self) -> None:
        from reservation.cache import expiry  # it needs the models, which are only there now
        from reservation.database import begin, instants, usable

        expiry.connect()
        instants.connect()
        usable.connect()
        begin.connect()
        request_finished.disconnect(close_caches)  # ours stay open: to ask each takes longer than to ask Memcached
