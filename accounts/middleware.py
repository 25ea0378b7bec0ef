"""What stands before the views of others."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse

from ops.json_depth import levels
from ops.rate_limit import Rate, rate_limiter

PREFIX = "/auth/"
SECOND_FACTOR = "/auth/2fa/authenticate"
MAX_DEPTH = 10


class ReadableJsonMiddleware:
    """Refuse a body for allauth that is too large, no JSON in UTF-8, or so nested that reading it would overflow."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        try:
            if request.body and not is_shallow(orjson.loads(request.body)):
                return refuse("The body is nested too deeply.", status=400)
        except RequestDataTooBig:
            return refuse("The body is too large.", status=413)
        except orjson.JSONDecodeError:
            return refuse("This is not JSON in UTF-8.", status=400)
        return self.get_response(request)


class CodeAttemptsMiddleware:
    """Count the codes that are tried in one log-in. allauth counts them by account, in the cache, which may be away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.LOG_IN_ATTEMPTS and request.method == "POST" and request.path.endswith(SECOND_FACTOR):
            log_in = sha256(request.headers.get("X-Session-Token", "").encode()).hexdigest()
            if not rate_limiter().consume(Rate("codes", settings.LOG_IN_ATTEMPTS, 600), log_in).is_allowed:
                return refuse("Too many attempts. Log in again later.", status=429)
        return self.get_response(request)


def is_shallow(value: Any) -> bool:
    """Whether nothing in this JSON lies more than ten levels deep."""
    return all(depth <= MAX_DEPTH for depth, _ in enumerate(levels(value), start=1))


def refuse(message: str, *, status: int) -> JsonResponse:
    """An error as allauth words its own."""
    return JsonResponse({"status": status, "errors": [{"message": message, "code": "invalid"}]}, status=status)
