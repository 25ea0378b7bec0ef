"""The business as an app of Django's."""

from django.apps import AppConfig


class ReservationConfig(AppConfig):
    name = "reservation"
