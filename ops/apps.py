"""Connects the counters to the signals that they count, before the first request."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "ops"

    def ready(self) -> None:
        from ops import counting  # imports the models, which are only loaded now

        counting.connect_receivers()
