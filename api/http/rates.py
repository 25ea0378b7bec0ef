"""Rate limits: an operation consumes tokens of its caller by its cost, so that no caller exhausts the server."""

import math
from collections import Counter
from ipaddress import ip_network

from django.conf import settings
from django.http import HttpRequest
from graphql import GraphQLError

from api.documents import Operation
from api.http.codes import Code
from api.http.errors import RequestError
from api.limits.cost import Cost
from api.mutation import MUTATIONS
from ops.client_address import client_address
from ops.rate_limit import Rate, RateLimitResult, rate_limiter
from reservation.domain.caller import Caller

COST_PER_TOKEN = 10

NEW_DOCUMENT_TOKENS = 10
"""Tokens for a document that is not cached: it must be parsed and validated first."""

IPV6_PREFIX = 64
"""The network prefix of one household or server: all its IPv6 addresses share their tokens."""

HOUR_SECONDS = 3600


class RequestRateLimiter:
    """Consumes tokens of the caller of one request, and stores the result for the response headers."""

    def __init__(self, request: HttpRequest, caller: Caller) -> None:
        self.caller = caller
        self.key = f"user:{caller.user_id}" if caller.is_authenticated else f"address:{network_of(request)}"
        self.result: RateLimitResult | None = None

    def consume_for_document(self) -> None:
        """Consume the tokens for a document that is not cached. Raises RequestError when too few remain."""
        self.consume(NEW_DOCUMENT_TOKENS)

    def consume_for_operation(self, operation: Operation, cost: Cost) -> None:
        """Consume the tokens for the operation's cost, and count its calls of commands with an hourly limit.

        Raises RequestError when too few remain.
        """
        self.consume(max(1, math.ceil(cost.requested / COST_PER_TOKEN)))
        if not self.caller.is_staff:
            self.consume_hourly(operation)

    def consume_hourly(self, operation: Operation) -> None:
        """Count the calls of commands with an hourly limit, whether they succeed or not. Raises RequestError."""
        for field, calls in Counter(operation.fields).items():
            limit = MUTATIONS[field].command.hourly_limit if field in MUTATIONS else None
            if limit is not None and limit.number:
                rate = Rate(limit.name, limit.number, HOUR_SECONDS)
                require_allowed(rate_limiter().consume(rate, self.key, tokens=calls))

    def consume(self, tokens: int) -> None:
        rate = person_rate() if self.caller.is_authenticated else address_rate()
        if rate.tokens:
            self.result = rate_limiter().consume(rate, self.key, tokens=tokens)
            require_allowed(self.result)

    @property
    def headers(self) -> dict[str, str]:
        """The response headers about the remaining tokens."""
        if self.result is None:
            return {}
        return {
            "RateLimit-Limit": str(self.result.limit),
            "RateLimit-Remaining": str(self.result.remaining),
            "RateLimit-Reset": str(self.result.reset_seconds),
        }


def require_allowed(result: RateLimitResult) -> None:
    """Raise RequestError when the tokens were not granted."""
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
    """A rate of so many tokens a second that allows a burst: the window is as long as the burst takes to refill."""
    return Rate(name, burst if tokens else 0, math.ceil(burst / tokens) if tokens else 1)


def network_of(request: HttpRequest) -> str:
    """The address that the request comes from; of an IPv6 address, its network."""
    address = client_address(request)
    if address is None:
        # The trusted proxies sent something that is not an address. All such requests share one set of tokens.
        return "unknown"
    return str(ip_network((address, IPV6_PREFIX), strict=False) if address.version == 6 else address)
