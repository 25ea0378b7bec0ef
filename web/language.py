"""Chooses the language of a page for clients. The API and the admin are not translated."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override

View = Callable[[HttpRequest], HttpResponse]

LANGUAGE_PARAMETER = "lang"
LANGUAGES = dict(settings.LANGUAGES)
LANGUAGE_COOKIE_SECONDS = 365 * 24 * 3600


def in_language_of_reader(view: View) -> View:
    """Decorates a view: renders it in the language of `?lang=`, else of the cookie, else of Accept-Language."""

    @wraps(view)
    def translated_view(request: HttpRequest) -> HttpResponse:
        if request.GET.get(LANGUAGE_PARAMETER) in LANGUAGES:
            return remember_language(request)
        language = get_language_from_request(request)
        with override(language):
            response = view(request)
        response.headers["Content-Language"] = language
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    return translated_view


def remember_language(request: HttpRequest) -> HttpResponse:
    """Stores the choice in a cookie, and redirects to the address without it, so that shared links lack it."""
    rest = request.GET.copy()
    language = rest.pop(LANGUAGE_PARAMETER)[-1]
    response = HttpResponseRedirect(f"{request.path}?{rest.urlencode()}" if rest else request.path)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        str(language),
        max_age=LANGUAGE_COOKIE_SECONDS,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
