"""The Django app of the business."""

from django.apps import AppConfig


class ReservationConfig(AppConfig):
    name = "reservation"
