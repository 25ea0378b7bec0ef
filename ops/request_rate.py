"""The tokens of the address that a request comes from, and what a request consumes for its size."""

import math
from ipaddress import ip_network

from django.conf import settings
from django.http import HttpRequest

from ops.client_address import client_address
from ops.rate_limit import Rate, RateLimitResult, rate_limiter

BYTES_PER_TOKEN = 8192
"""How many bytes of a request consume one token before they are read; fewer consume none."""

IPV6_PREFIX = 64
"""The network prefix of one household or server: all its IPv6 addresses share their tokens."""


def per_second(name: str, tokens: int, burst: int) -> Rate:
    """A rate of so many tokens a second that allows a burst: the window is as long as the burst takes to refill."""
    return Rate(name, burst if tokens else 0, math.ceil(burst / tokens) if tokens else 1)


def address_rate() -> Rate:
    return per_second("address", settings.RATE_LIMIT_ANONYMOUS, settings.RATE_LIMIT_ANONYMOUS_BURST)


def address_key(request: HttpRequest) -> str:
    """The key of the counters of the address that the request comes from."""
    return f"address:{network_of(request)}"


def network_of(request: HttpRequest) -> str:
    """The address that the request comes from; of an IPv6 address, its network."""
    address = client_address(request)
    if address is None:
        # The trusted proxies sent something that is not an address. All such requests share one set of tokens.
        return "unknown"
    return str(ip_network((address, IPV6_PREFIX), strict=False) if address.version == 6 else address)


def tokens_for_size(request: HttpRequest) -> int:
    """How many tokens the request consumes for its size, whether it is read or is too large for that."""
    length = request.META.get("CONTENT_LENGTH") or ""
    body = int(length) if length.isdecimal() else 0
    size = len(request.META.get("QUERY_STRING", "")) + min(body, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return size // BYTES_PER_TOKEN


def consume_of_address(request: HttpRequest, tokens: int) -> RateLimitResult | None:
    """Consumes tokens of the address that the request comes from. None when there is no limit."""
    rate = address_rate()
    return rate_limiter().consume(rate, address_key(request), tokens=tokens) if rate.tokens else None
