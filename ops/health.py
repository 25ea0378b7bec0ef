"""What a load balancer and an orchestrator ask. Liveness asks nobody; readiness asks the database."""

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

OK, UNAVAILABLE, BEHIND = "ok", "unavailable", "migrations pending"


def database_state() -> str:
    """ok, unavailable, or migrations pending."""
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        executor = MigrationExecutor(connection)
        return BEHIND if executor.migration_plan(executor.loader.graph.leaf_nodes()) else OK
    except DatabaseError:
        connection.close()
        return UNAVAILABLE


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """The state of everything that the service stands on; always 200, since it is there to tell."""
    database = database_state()
    return JsonResponse({"status": OK if database == OK else "degraded", "database": database})


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": OK})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Whether to send requests here: 503 when the database is gone or its tables are behind the code."""
    database = database_state()
    return JsonResponse({"status": database}, status=200 if database == OK else 503)
