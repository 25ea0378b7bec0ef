"""What must be right before the first request."""

from django.apps import AppConfig
from django.conf import settings


class ApiConfig(AppConfig):
    name = "api"

    def ready(self) -> None:
        """Raise ImproperlyConfigured at the start for a manifest of trusted documents that cannot be read."""
        from api.documents.trusted import read_manifest  # it needs the models, which are only there now

        if settings.GRAPHQL_TRUSTED_DOCUMENTS:
            read_manifest(settings.GRAPHQL_TRUSTED_DOCUMENTS)
