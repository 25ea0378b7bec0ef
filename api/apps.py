"""The API as a Django application, with the checks that it makes at start."""

from django.apps import AppConfig
from django.conf import settings

from ops.metrics import register_operations


class ApiConfig(AppConfig):
    name = "api"

    def ready(self) -> None:
        """Register the operations that metrics count, and read the manifest of trusted documents.

        Raises ImproperlyConfigured for a manifest that cannot be read, so that the server does not start.
        """
        from api.documents.trusted import (  # they need the models, which are loaded only now
            operation_names,
            read_manifest,
        )
        from api.schema import schema

        fields = [name for root in (schema.query_type, schema.mutation_type) if root for name in root.fields]
        register_operations([*fields, "__typename", "__schema", "__type"])
        if settings.GRAPHQL_TRUSTED_DOCUMENTS:
            read_manifest(settings.GRAPHQL_TRUSTED_DOCUMENTS)
            register_operations(operation_names(settings.GRAPHQL_TRUSTED_DOCUMENTS))
