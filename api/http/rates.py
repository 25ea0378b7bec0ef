"""Rate limits: an operation consumes tokens of its caller by its cost, so that no caller exhausts the server."""

import math
from collections import Counter

from django.conf import settings
from django.http import HttpRequest
from graphql import GraphQLError

from api.documents import Operation
from api.http.codes import Code
from api.http.errors import RequestError
from api.limits.cost import Cost
from api.mutation import MUTATIONS
from ops.rate_limit import Rate, RateLimitResult, rate_limiter
from ops.request_rate import address_key, address_rate, per_second, tokens_for_size
from reservation.domain.caller import ANONYMOUS, Caller

COST_PER_TOKEN = 10

NEW_DOCUMENT_TOKENS = 10
"""Tokens for a document that is not cached: it must be parsed and validated first."""

REFUSAL_TOKENS = 1
"""Tokens for a request that is refused before it has consumed any."""

HOUR_SECONDS = 3600


class RequestRateLimiter:
    """Consumes tokens of the caller of one request, and stores the result for the response headers.

    caller: anonymous, and so known by its address only, until the request has been authenticated.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.caller: Caller = ANONYMOUS
        self.result: RateLimitResult | None = None

    @property
    def key(self) -> str:
        """The key of the caller's counters."""
        return f"user:{self.caller.user_id}" if self.caller.is_authenticated else address_key(self.request)

    def consume_for_size(self) -> None:
        """Consume the tokens for the size of the request, before it is read.

        Raises RequestError when too few remain.
        """
        if tokens := tokens_for_size(self.request):
            self.consume(tokens)

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

    def consume_for_refusal(self, refusal: RequestError) -> RequestError:
        """Consume a token for a request that is refused, unless it has consumed some already.

        Returns the refusal, or the one for too few tokens.
        """
        try:
            if self.result is None:
                self.consume(REFUSAL_TOKENS)
        except RequestError as limited:
            return limited
        return refusal

    def consume_hourly(self, operation: Operation) -> None:
        """Count the calls of commands with hourly limits, whether they succeed or not: those of the account, and those
        of all accounts at its address. Raises RequestError."""
        for field, calls in Counter(operation.fields).items():
            limit = MUTATIONS[field].command.hourly_limit if field in MUTATIONS else None
            if limit is None:
                continue
            for name, number, key in (
                (limit.name, limit.number, self.key),
                (limit.network_name, limit.network_number, address_key(self.request)),
            ):
                if number:
                    rate = Rate(name, number, HOUR_SECONDS)
                    require_allowed(rate_limiter().consume(rate, key, tokens=calls))

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
