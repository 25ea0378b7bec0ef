"""The pages for clients and newcomers."""

from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from web.language import in_language_of_reader
from web.texts import BOOK_STATUSES, BOOK_STEPS, BOOK_TEXTS, BOOK_TONES, HOME_TEXTS

OPERATIONS = settings.BASE_DIR / "web" / "static" / "web" / "book" / "operations.graphql"
EXAMPLE = """{
  nextOpenAppointment {
    startsAt
    provider { name timeZone }
  }
}"""


@require_safe
@in_language_of_reader
def home_page(request: HttpRequest) -> HttpResponse:
    """Introduces the service, shows its health and an example query, and links to the other pages."""
    context = {
        "example": EXAMPLE,
        "texts": HOME_TEXTS,
        "has_graphiql": settings.GRAPHIQL,
        "has_openapi": settings.OPENAPI_PUBLIC,
        "has_admin": settings.ADMIN_IS_LINKED,
        "languages": settings.LANGUAGES,
    }
    return render(request, "web/home.html", context)


@require_safe
@in_language_of_reader
def booking_page(request: HttpRequest) -> HttpResponse:
    """The booking page for clients. It reads all of its data from the API, so its HTML is the same for everybody."""
    context = {
        "words": {"texts": BOOK_TEXTS, "tones": BOOK_TONES, "steps": BOOK_STEPS},
        "statuses": BOOK_STATUSES,
        "hash": sha256(OPERATIONS.read_bytes()).hexdigest(),
        "max_days": settings.RESERVATION_POLICY.max_interval.days,
        "hold_minutes": settings.RESERVATION_POLICY.hold // timedelta(minutes=1),
        "has_demo": settings.DEBUG,
        "languages": settings.LANGUAGES,
    }
    return render(request, "web/book.html", context)
