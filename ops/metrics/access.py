"""Who may read the counts."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from ops.client_address import client_address


def may_read(request: HttpRequest) -> bool:
    """Whoever asks from an address that is named in the settings, or has the token."""
    return is_known(request) or has_token(request)


def is_known(request: HttpRequest) -> bool:
    address = client_address(request) if settings.METRICS_ADDRESSES else None
    return address is not None and any(address in network for network in settings.METRICS_ADDRESSES)


def has_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    is_right = constant_time_compare(token.strip(), settings.METRICS_TOKEN)
    return bool(settings.METRICS_TOKEN) and scheme.lower() == "bearer" and is_right
