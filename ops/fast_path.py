"""The API's fast path: past the middleware that only pages need.

An operation without a cookie has no session, no CSRF check and no logged-in user. It goes through `API_MIDDLEWARE`
instead of what follows in `MIDDLEWARE`, and gets the same response, except that the request has neither `session` nor
`user`.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, resolve
from django.utils.functional import cached_property
from django.utils.module_loading import import_string

Handler = Callable[[HttpRequest], HttpResponse]

API_PATH = "/graphql"
UNSUPPORTED_HOOKS = ("process_view", "process_template_response", "process_exception")


class FastPathMiddleware:
    """Sends operations without a cookie through `API_MIDDLEWARE` to the API's view, and all else on in `MIDDLEWARE`."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.fast_path = load_middleware(settings.API_MIDDLEWARE, self.call_view)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.fast_path(request) if is_operation_without_cookie(request) else self.get_response(request)

    @cached_property
    def match(self) -> ResolverMatch:
        return resolve(API_PATH)

    def call_view(self, request: HttpRequest) -> HttpResponse:
        request.resolver_match = self.match
        response: HttpResponse = self.match.func(request)
        return response


def is_operation_without_cookie(request: HttpRequest) -> bool:
    return (
        request.method == "POST"
        and request.path_info.removesuffix("/") == API_PATH
        and not request.META.get("HTTP_COOKIE")
    )


def load_middleware(paths: list[str], view: Handler) -> Handler:
    """Returns the view within these middleware, the first of them outermost, as Django loads `MIDDLEWARE`.

    Raises ImproperlyConfigured for middleware with hooks that are called from within Django's request handler only.
    """
    handler: Any = convert_exception_to_response(view)
    for path in reversed(paths):
        middleware = import_string(path)
        if hooks := [hook for hook in UNSUPPORTED_HOOKS if hasattr(middleware, hook)]:
            raise ImproperlyConfigured(f"API_MIDDLEWARE does not call {', '.join(hooks)} of {path}.")
        with suppress(MiddlewareNotUsed):
            handler = convert_exception_to_response(middleware(handler))
    loaded: Handler = handler
    return loaded
