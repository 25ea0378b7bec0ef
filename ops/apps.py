"""What listens to what, before the first request."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "ops"

    def ready(self) -> None:
        from ops import counting  # it needs the models, which are only there now

        counting.connect()
