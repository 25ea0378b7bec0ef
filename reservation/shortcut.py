"""A shortcut through the middleware: what pages and sessions need, a request to the API without a cookie does not.

    MIDDLEWARE = […, "reservation.shortcut.Shortcut", "…SessionMiddleware", …, "reservation.shortcut.ShortcutEnd", …]

Such a request goes from the one straight to the other, and its answer back. Nobody has a session without a cookie, so
nothing is refused less. It has neither `request.session` nor `request.user`.
"""

from collections.abc import Callable
from threading import local

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]

PATHS = frozenset({"/graphql", "/graphql/"})

_ends = local()
"""Where the shortcut that is put together next will lead: Django puts middleware together from its end."""


class ShortcutEnd:
    """Where the shortcut comes back."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = _ends.handler = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class Shortcut:
    """Where requests without a cookie leave the others. Raises ImproperlyConfigured when nothing says where to."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        end: Handler | None = vars(_ends).pop("handler", None)
        if end is None:
            raise ImproperlyConfigured("MIDDLEWARE has a Shortcut without a ShortcutEnd after it.")
        self.end = end

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.end(request) if is_short(request) else self.get_response(request)


def is_short(request: HttpRequest) -> bool:
    """Whether it is a request to the API, and has no cookie."""
    return request.path_info in PATHS and not request.META.get("HTTP_COOKIE")
