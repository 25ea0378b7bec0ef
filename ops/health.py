"""Health checks for load balancers and orchestrators. Liveness checks only the process; readiness its dependencies."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ops.client_address import is_from
from ops.draining import is_draining
from ops.readiness import DEGRADED, DRAINING, OK, UNAVAILABLE, readiness


def describe(*, has_details: bool) -> dict[str, Any]:
    """Returns the status: that of the dependencies, or draining. has_details: whether to add the states."""
    found = readiness.get()
    status = DRAINING if is_draining() else found.status
    if not has_details:
        return {"status": status}
    skew = {} if found.clock_skew_seconds is None else {"clock_skew_seconds": found.clock_skew_seconds}
    return {"status": status, **found.dependencies, **skew}


def is_from_operator(request: HttpRequest) -> bool:
    """Returns whether the request comes from one of HEALTH_ADDRESSES: a load balancer or a monitor."""
    return is_from(request, settings.HEALTH_ADDRESSES)


def is_from_staff(request: HttpRequest) -> bool:
    """Returns whether a member of staff is logged in to the admin; False while the database is unavailable."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or readiness.get().database == UNAVAILABLE:
        return False
    try:
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))
    except (DatabaseError, InterfaceError):  # since it was checked, a moment ago
        return False


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Returns the status and the version, for people and monitors. Always 200, since the process responds.

    Without SHOW_VERSION, the version is for operators and staff only.
    """
    has_details = is_from_operator(request) or is_from_staff(request)
    version = {"version": settings.VERSION} if has_details or settings.SHOW_VERSION else {}
    return JsonResponse(describe(has_details=has_details) | version)


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Returns 200, since the process responds."""
    return JsonResponse({"status": OK})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Returns whether to send requests here: 503 when the database is unavailable or behind, or while draining."""
    found = describe(has_details=is_from_operator(request))
    return JsonResponse(found, status=200 if found["status"] in (OK, DEGRADED) else 503)
