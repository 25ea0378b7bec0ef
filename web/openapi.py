"""The OpenAPI description of all that is HTTP, for tools and on a page of swagger-ui; and who may read it."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import orjson
import yaml
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from web.assets import are_installed

View = Callable[[HttpRequest], HttpResponse]
Json = dict[str, Any]

JSON_TYPE, YAML_TYPE = "application/vnd.oai.openapi+json", "application/vnd.oai.openapi"
SWAGGER_UI_FILES = [f"web/swagger-ui/{name}" for name in ("swagger-ui.css", "swagger-ui-bundle.js")]

# No other host, no inline script, style or evaluation. Images are those in swagger-ui's style sheet.
SWAGGER_UI_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

INFO = {
    "title": "Appointments: all that is HTTP",
    "version": settings.VERSION if settings.SHOW_VERSION else "hidden",
    "description": "Accounts and sessions, GraphQL over HTTP, health and metrics. What is in GraphQL, the schema of "
    "GraphQL describes.\n\nEvery response has an `X-Request-ID`, and every 429, 503 and 504 a `Retry-After`.",
}
Part = Callable[[], Json]
"""A function that returns what one room describes: tags, paths and components."""


def assemble(parts: Sequence[Part], complete: Callable[[Json], None]) -> Json:
    """Returns one document of the parts, in their order. complete: adds to it what all responses have.

    Raises ValueError when two parts describe the same thing.
    """
    document: Json = {"openapi": "3.0.3", "info": INFO, "tags": [], "paths": {}, "components": {}}
    for part in parts:
        described = part()
        document["tags"] += described["tags"]
        add_new(document["paths"], described["paths"])
        for kind, components in described["components"].items():
            add_new(document["components"].setdefault(kind, {}), components)
    complete(document)
    return document


def add_new(target: Json, items: Json) -> None:
    if again := target.keys() & items.keys():
        raise ValueError(f"Described twice: {', '.join(sorted(again))}")
    target.update(items)


def openapi_urls(parts: Sequence[Part], complete: Callable[[Json], None]) -> list[URLPattern]:
    """Returns the URL patterns of the page, and of the document as JSON and as YAML."""

    @cache  # slow to compute, and constant in a process
    def document() -> Json:
        return assemble(parts, complete)

    @require_safe
    @never_cache
    def show_json(request: HttpRequest) -> HttpResponse:
        require_reader(request)
        return HttpResponse(orjson.dumps(document()), content_type=JSON_TYPE)

    @require_safe
    @never_cache
    def show_yaml(request: HttpRequest) -> HttpResponse:
        require_reader(request)
        text = yaml.safe_dump(document(), sort_keys=False, allow_unicode=True)
        return HttpResponse(text, content_type=YAML_TYPE)

    return [
        path("openapi/", openapi_page, name="openapi"),
        path("openapi.json", show_json, name="openapi_json"),
        path("openapi.yaml", show_yaml, name="openapi_yaml"),
    ]


def may_read(request: HttpRequest) -> bool:
    """Returns whether the description is public (OPENAPI_PUBLIC), or its reader is logged in to the admin."""
    return settings.OPENAPI_PUBLIC or admin.site.has_permission(request)


def require_reader(request: HttpRequest) -> None:
    """Raises Http404 for anybody who may not read the description: tools do not log in to the admin."""
    if not may_read(request):
        raise Http404


@require_safe
@never_cache
def openapi_page(request: HttpRequest) -> HttpResponse:
    """Returns the page; or, where its files are missing, instructions to install them, with status 503.

    Who may not read it is led to the log-in of staff and back, but only where the path of the admin is the usual one:
    another one is nobody's to learn here.
    """
    if not may_read(request):
        if settings.ADMIN_PATH != settings.DEFAULT_ADMIN_PATH:
            raise Http404
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if are_installed(SWAGGER_UI_FILES):
        response = render(request, "web/openapi.html")
    else:
        response = render(request, "web/openapi_missing.html", {"name": "swagger-ui"}, status=503)
    response.headers["Content-Security-Policy"] = SWAGGER_UI_POLICY
    return response
