"""What a person sees."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is and where things are."""
    origin = request.build_absolute_uri("/").rstrip("/")
    context = {
        "origin": origin,
        "has_graphiql": settings.GRAPHIQL,
        "has_openapi": settings.OPENAPI_PUBLIC,
        "has_admin": settings.ADMIN_IS_LINKED,
    }
    return render(request, "web/home.html", context)
