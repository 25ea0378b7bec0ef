"""What a load balancer and an orchestrator ask. Liveness asks nobody; readiness asks what the service stands on."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from cache.connection import is_there
from ops.draining import is_draining
from ops.redis_client import connect

logger = logging.getLogger(__name__)

OK, DEGRADED, UNAVAILABLE, BEHIND, DRAINING = "ok", "degraded", "unavailable", "migrations pending", "draining"
UNUSED = "not used"


def database_state() -> str:
    """ok, unavailable, or migrations pending."""
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        executor = MigrationExecutor(connection)
        return BEHIND if executor.migration_plan(executor.loader.graph.leaf_nodes()) else OK
    except (DatabaseError, InterfaceError):
        logger.warning("The database is away.", exc_info=True)
        connection.close()
        return UNAVAILABLE


def memcached_state() -> str:
    """ok, unavailable (any of the servers is), or not used."""
    if not settings.MEMCACHED_URL:
        return UNUSED
    return OK if is_there(settings.MEMCACHED_URL) else UNAVAILABLE


def redis_state() -> str:
    """ok, unavailable, or not used."""
    if not settings.REDIS_URL:
        return UNUSED
    try:
        with connect(settings.REDIS_URL) as client:
            client.ping()
    except RedisError:
        logger.warning("Redis is away.", exc_info=True)
        return UNAVAILABLE
    return OK


STATES: dict[str, Callable[[], str]] = {
    "database": database_state,
    "memcached": memcached_state,
    "redis": redis_state,
}


def states() -> dict[str, str]:
    """The state of everything that the service stands on, and first the sum of it.

    ok; degraded, when only Memcached or Redis is away, without which it is slower and counts for itself; draining;
    or what is wrong with the database, without which it is nothing.
    """
    found = {name: state() for name, state in STATES.items()}
    if is_draining():
        status = DRAINING
    elif found["database"] != OK:
        status = found["database"]
    else:
        status = DEGRADED if UNAVAILABLE in found.values() else OK
    return {"status": status, **found}


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """How it is; always 200, since it is there to tell."""
    return JsonResponse(states())


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": OK})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Whether to send requests here: 503 when the database is gone, its tables are behind, or the workers stop soon."""
    found = states()
    return JsonResponse(found, status=200 if found["status"] in (OK, DEGRADED) else 503)
