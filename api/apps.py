"""What must be right before the first request."""

from django.apps import AppConfig
from django.conf import settings

from ops.metrics import register_operations


class ApiConfig(AppConfig):
    name = "api"

    def ready(self) -> None:
        """Raise ImproperlyConfigured at the start for a manifest of trusted documents that cannot be read."""
        from api.documents.trusted import operation_names, read_manifest  # they need the models, there only now
        from api.schema import schema

        fields = [name for root in (schema.query_type, schema.mutation_type) if root for name in root.fields]
        register_operations([*fields, "__typename", "__schema", "__type"])
        if settings.GRAPHQL_TRUSTED_DOCUMENTS:
            read_manifest(settings.GRAPHQL_TRUSTED_DOCUMENTS)
            register_operations(operation_names(settings.GRAPHQL_TRUSTED_DOCUMENTS))
