"""In which of our languages a page is for this reader. The API and the admin are not translated."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override

View = Callable[[HttpRequest], HttpResponse]

PARAMETER = "lang"
LANGUAGES = dict(settings.LANGUAGES)
REMEMBERED_SECONDS = 365 * 24 * 3600


def in_language_of_reader(view: View) -> View:
    """Renders in the language that was chosen by `?lang=`, then the one that was remembered, then the browser's."""

    @wraps(view)
    def translated_view(request: HttpRequest) -> HttpResponse:
        if request.GET.get(PARAMETER) in LANGUAGES:
            return remember(request)
        language = get_language_from_request(request)
        with override(language):
            response = view(request)
        response.headers["Content-Language"] = language
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    return translated_view


def remember(request: HttpRequest) -> HttpResponse:
    """The same address without the choice, which a cookie now knows: who is sent the address keeps its own."""
    rest = request.GET.copy()
    language = rest.pop(PARAMETER)[-1]
    response = HttpResponseRedirect(f"{request.path}?{rest.urlencode()}" if rest else request.path)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        str(language),
        max_age=REMEMBERED_SECONDS,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
