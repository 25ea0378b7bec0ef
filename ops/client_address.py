"""The client's address of a request."""

from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def client_address(request: HttpRequest) -> Address | None:
    """Returns the address of the client in front of the trusted proxies; None when they do not send one."""
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if proxies and (forwarded := request.META.get("HTTP_X_FORWARDED_FOR")):
        addresses = forwarded.split(",")
        return read_address(addresses[-proxies]) if len(addresses) >= proxies else None
    return read_address(request.META.get("REMOTE_ADDR", ""))


def is_from(request: HttpRequest, networks: Sequence[Network]) -> bool:
    """Returns whether the client's address is known, and in one of these networks."""
    address = client_address(request) if networks else None
    return address is not None and any(address in network for network in networks)


def read_address(text: str) -> Address | None:
    """Parses an address, with or without a port. Returns IPv4 for IPv4-mapped IPv6, and None for anything else."""
    for part in (str, domain_of):
        with suppress(ValueError):
            address = ip_address(part(text.strip()))
            return getattr(address, "ipv4_mapped", None) or address
    return None


def domain_of(text: str) -> str:
    """Returns the text without the port."""
    return split_domain_port(text)[0].strip("[]")
