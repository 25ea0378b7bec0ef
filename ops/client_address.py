"""Where requests come from."""

from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

Address = IPv4Address | IPv6Address


def address_of(request: HttpRequest) -> Address | None:
    """The address that the request comes from, behind as many proxies as are trusted; None when they do not say one."""
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if proxies and (said := request.META.get("HTTP_X_FORWARDED_FOR")):
        addresses = said.split(",")
        return read_address(addresses[-proxies]) if len(addresses) >= proxies else None
    return read_address(request.META.get("REMOTE_ADDR", ""))


def read_address(text: str) -> Address | None:
    """The address that is written here, perhaps with a port behind it; IPv4 within IPv6 is IPv4."""
    for part in (str, domain_of):
        with suppress(ValueError):
            address = ip_address(part(text.strip()))
            return getattr(address, "ipv4_mapped", None) or address
    return None


def domain_of(text: str) -> str:
    """What stands before the port."""
    return split_domain_port(text)[0].strip("[]")
