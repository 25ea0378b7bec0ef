"""Permission to read /metrics."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from ops.client_address import is_from


def may_read(request: HttpRequest) -> bool:
    """Returns whether the request has the token, or comes from an allowed address."""
    return is_from(request, settings.METRICS_ADDRESSES) or has_token(request)


def has_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    is_same = constant_time_compare(token.strip(), settings.METRICS_TOKEN)
    return bool(settings.METRICS_TOKEN) and scheme.lower() == "bearer" and is_same
