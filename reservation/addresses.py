"""Where requests come from."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest


def address_of(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    """The address that the request comes from, behind as many proxies as are trusted; None when they do not say one."""
    try:
        address = ip_address(get_adapter().get_client_ip(request))
    except (ValueError, PermissionDenied, ImproperlyConfigured):
        return None
    return getattr(address, "ipv4_mapped", None) or address
