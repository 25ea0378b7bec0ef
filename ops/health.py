"""Health checks for load balancers and orchestrators. Liveness checks only the process; readiness its dependencies."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from cache.connection import responds
from ops.draining import is_draining
from ops.redis_client import connect_to_redis

logger = logging.getLogger(__name__)

OK, DEGRADED, UNAVAILABLE, BEHIND, DRAINING = "ok", "degraded", "unavailable", "migrations pending", "draining"
UNUSED = "not used"


def database_state() -> str:
    """Returns ok, unavailable or migrations pending."""
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        executor = MigrationExecutor(connection)
        return BEHIND if executor.migration_plan(executor.loader.graph.leaf_nodes()) else OK
    except (DatabaseError, InterfaceError):
        logger.warning("The database is unavailable.", exc_info=True)
        connection.close()
        return UNAVAILABLE


def memcached_state() -> str:
    """Returns ok, unavailable (if any of the servers is) or not used."""
    if not settings.MEMCACHED_URL:
        return UNUSED
    return OK if responds(settings.MEMCACHED_URL) else UNAVAILABLE


def redis_state() -> str:
    """Returns ok, unavailable or not used."""
    if not settings.REDIS_URL:
        return UNUSED
    try:
        with connect_to_redis(settings.REDIS_URL) as client:
            client.ping()
    except RedisError:
        logger.warning("Redis is unavailable.", exc_info=True)
        return UNAVAILABLE
    return OK


STATES: dict[str, Callable[[], str]] = {
    "database": database_state,
    "memcached": memcached_state,
    "redis": redis_state,
}


def states() -> dict[str, str]:
    """Returns the overall status, and then the state of each dependency.

    The status is ok; degraded when only Memcached or Redis is unavailable, without which requests are slower and rates
    are counted in each process; draining; or the state of the database, without which nothing works.
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
    """Returns the status, for people and monitors. Always 200, since the process responds."""
    return JsonResponse(states())


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Returns 200, since the process responds."""
    return JsonResponse({"status": OK})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Returns whether to send requests here: 503 when the database is unavailable or behind, or while draining."""
    found = states()
    return JsonResponse(found, status=200 if found["status"] in (OK, DEGRADED) else 503)
