"""What a request takes of its caller's points: as many as its operation costs, so that nobody takes everybody's."""

import math
from ipaddress import ip_network

from django.conf import settings
from django.http import HttpRequest
from graphql import GraphQLError

from api.documents import Operation
from api.http.codes import Code
from api.http.errors import RequestError
from api.limits.cost import Cost
from ops.client_address import client_address
from ops.rate_limit import Rate, RateLimitResult, rate_limiter
from reservation.domain.caller import Caller

COST_PER_TOKEN = 10
NEW_DOCUMENT_TOKENS = 10
"""Points for a document that must be parsed and validated first."""

IPV6_PREFIX = 64
"""What one household or server has of IPv6 addresses."""


class RequestRateLimiter:
    """Takes points for one request, and remembers how many are left."""

    def __init__(self, request: HttpRequest, caller: Caller) -> None:
        self.caller = caller
        self.key = f"user:{caller.user_id}" if caller.is_authenticated else f"address:{place_of(request)}"
        self.result: RateLimitResult | None = None

    def consume_for_document(self) -> None:
        """Raises RequestError when there are no points left for a document that is new."""
        self.consume(NEW_DOCUMENT_TOKENS)

    def consume_for_operation(self, operation: Operation, cost: Cost) -> None:
        """Raises RequestError when there are not as many points left as the operation costs."""
        self.consume(max(1, math.ceil(cost.requested / COST_PER_TOKEN)))
        reservations = operation.fields.count("reserveAppointment")
        if reservations and settings.RESERVATIONS_PER_HOUR and not self.caller.is_staff:
            # Whoever holds and lets lapse, again and again, keeps time from others.
            hourly = Rate("reservations", settings.RESERVATIONS_PER_HOUR, 3600)
            require(rate_limiter().consume(hourly, self.key, tokens=reservations))

    def consume(self, tokens: int) -> None:
        rate = person_rate() if self.caller.is_authenticated else address_rate()
        if rate.tokens:
            self.result = rate_limiter().consume(rate, self.key, tokens=tokens)
            require(self.result)

    @property
    def headers(self) -> dict[str, str]:
        """What the answer says of the points that are left."""
        if self.result is None:
            return {}
        return {
            "RateLimit-Limit": str(self.result.limit),
            "RateLimit-Remaining": str(self.result.remaining),
            "RateLimit-Reset": str(self.result.reset_seconds),
        }


def require(result: RateLimitResult) -> None:
    """Raise RequestError unless the points were there."""
    if not result.is_allowed:
        seconds = result.retry_seconds
        extensions = {"code": Code.RATE_LIMITED.value, "retryAfter": seconds}
        error = GraphQLError(f"Too many requests. Try again in {seconds} seconds.", extensions=extensions)
        raise RequestError(error, headers={"Retry-After": str(seconds)}, is_well_formed=False)


def person_rate() -> Rate:
    return per_second("person", settings.RATE_LIMIT_PERSON, settings.RATE_LIMIT_PERSON_BURST)


def address_rate() -> Rate:
    return per_second("address", settings.RATE_LIMIT_ANONYMOUS, settings.RATE_LIMIT_ANONYMOUS_BURST)


def per_second(name: str, tokens: int, burst: int) -> Rate:
    """So many points a second, with so many at once: a window that gives the burst back at that pace."""
    return Rate(name, burst if tokens else 0, math.ceil(burst / tokens) if tokens else 1)


def place_of(request: HttpRequest) -> str:
    """Where the request comes from: an address, or the network of one household."""
    address = client_address(request)
    if address is None:
        # The proxies say something else than where it comes from: they are one address, with the points of one.
        return "unknown"
    return str(ip_network((address, IPV6_PREFIX), strict=False) if address.version == 6 else address)
