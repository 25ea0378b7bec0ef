"""Middleware in front of allauth's views: JSON bodies, the rate of second-factor codes, too many password hashes."""

from collections.abc import Callable
from hashlib import sha256

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from accounts.errors import error_response
from accounts.hashers import RETRY_SECONDS, TooManyHashes
from ops.content_encoding import is_compressed
from ops.json_depth import has_more_containers, is_nested_deeper
from ops.rate_limit import Rate, rate_limiter
from ops.request_rate import consume_of_address, tokens_for_size

AUTH_PREFIX = "/auth/"
SECOND_FACTOR = "/auth/2fa/authenticate"
MAX_DEPTH = 10
MAX_CONTAINERS = 100


class ReadableJsonMiddleware:
    """Refuses a body for allauth that is compressed, too large, not a JSON object in UTF-8, or nested too much.

    Deep nesting would overflow the parser that allauth reads it with. Before anything is read, the request consumes
    tokens of its address: one, and more by its size. The value is kept on the request, as `parsed_body`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(AUTH_PREFIX):
            return self.get_response(request)
        result = consume_of_address(request, 1 + tokens_for_size(request))
        if result is not None and not result.is_allowed:
            return error_response("Too many requests. Try again later.", status=429, retry_seconds=result.retry_seconds)
        if is_compressed(request):
            return error_response("Send the body uncompressed, without Content-Encoding.", status=415)
        try:
            if request.body:
                if is_nested_deeper(request.body, MAX_DEPTH):
                    return error_response("The body is nested too deeply.", status=400)
                if has_more_containers(request.body, MAX_CONTAINERS):
                    return error_response("The body has too many objects and lists.", status=400)
                vars(request)["parsed_body"] = body = orjson.loads(request.body)
                if not isinstance(body, dict):
                    return error_response("The body must be a JSON object.", status=400)
        except RequestDataTooBig:
            return error_response("The body is too large.", status=413)
        except orjson.JSONDecodeError:
            return error_response("This is not JSON in UTF-8.", status=400)
        return self.get_response(request)


class CodeAttemptsMiddleware:
    """Limits the codes that are tried in one log-in. allauth's own limit counts those of an account."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.LOG_IN_ATTEMPTS and request.method == "POST" and request.path.endswith(SECOND_FACTOR):
            log_in = sha256(request.headers.get("X-Session-Token", "").encode()).hexdigest()
            result = rate_limiter().consume(Rate("codes", settings.LOG_IN_ATTEMPTS, 600), log_in)
            if not result.is_allowed:
                message = "Too many attempts. Log in again later."
                return error_response(message, status=429, retry_seconds=result.retry_seconds)
        return self.get_response(request)


class TooManyHashesMiddleware:
    """Refuses a request that needs a password hash while the process computes as many as it may, with 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Returns the refusal; None for any other exception."""
        if not isinstance(exception, TooManyHashes):
            return None
        message = "Too many people are logging in at this moment. Try again in a second."
        if request.path.startswith(AUTH_PREFIX):
            return error_response(message, status=503, code="too_busy", retry_seconds=RETRY_SECONDS)
        headers = {"Retry-After": str(RETRY_SECONDS)}
        return HttpResponse(message, status=503, content_type="text/plain", headers=headers)
