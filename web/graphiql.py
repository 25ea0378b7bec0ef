"""GraphiQL, the page that a browser gets at the API's address."""

import re
import secrets
from collections.abc import Callable
from functools import wraps
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from web.assets import are_installed

View = Callable[[HttpRequest], HttpResponse]

HTML = "text/html"
API_MEDIA_TYPES = ["application/json", "application/graphql-response+json"]
GRAPHIQL_FILES = [
    f"web/graphiql/{name}"
    for name in ("graphiql.min.css", "graphiql.min.js", "react-dom.production.min.js", "react.production.min.js")
]

# No other host, no inline script or style. GraphiQL's menus and dialogs insert a style element, which has the nonce;
# the styles that React sets through the CSSOM are not subject to the policy.
GRAPHIQL_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "connect-src": "'self'",
    "style-src": "'self' 'nonce-{nonce}'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}


def graphiql_in_browsers(view: View) -> View:
    """Decorates the API's view: where GRAPHIQL is on, a request that prefers HTML to JSON gets the page."""

    @wraps(view)
    def graphiql_or_view(request: HttpRequest) -> HttpResponse:
        return graphiql(request) if settings.GRAPHIQL and is_navigation(request) else view(request)

    return graphiql_or_view


def is_navigation(request: HttpRequest) -> bool:
    """Returns whether a browser requests a page. A client that accepts anything, as curl does, gets the API."""
    if request.method not in ("GET", "HEAD"):
        return False
    json = [media_type + charset for media_type in API_MEDIA_TYPES for charset in ("", "; charset=utf-8")]
    return request.get_preferred_type([*json, HTML]) == HTML


def graphiql(request: HttpRequest) -> HttpResponse:
    """Returns the page; or, where its files are missing, instructions to install them, with status 503."""
    nonce = secrets.token_urlsafe(16)
    if are_installed(GRAPHIQL_FILES):
        context = {"nonce": nonce, "examples": read_examples(), "has_demo": settings.DEBUG}
        response = render(request, "web/graphiql.html", context)
    else:
        response = render(request, "web/graphiql_missing.html", {"name": "GraphiQL"}, status=503)
    policy = "; ".join(f"{directive} {sources}" for directive, sources in GRAPHIQL_POLICY.items())
    response.headers["Content-Security-Policy"] = policy.format(nonce=nonce)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept, Authorization"  # as the API's responses at this address
    return response


def read_examples(folder: Path = settings.BASE_DIR / "docs" / "examples") -> list[dict[str, str]]:
    """Returns the example operations: title, kind (query or mutation), the comment above as `about`, and text."""
    examples = []
    for path in folder.glob("*.graphql"):
        text = path.read_text(encoding="utf-8")
        kind = "mutation" if re.search(r"^mutation\b", text, re.MULTILINE) else "query"
        about = " ".join(re.findall(r"^# ?(.*)", text, re.MULTILINE))
        examples.append({"title": path.stem.replace("-", " ").capitalize(), "kind": kind, "about": about, "text": text})
    return sorted(examples, key=lambda example: (example["kind"] == "mutation", example["title"]))
