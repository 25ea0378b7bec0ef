"""GraphiQL: what a person gets who opens the API's address in a browser."""

import re
import secrets
from collections.abc import Callable
from functools import wraps
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static

View = Callable[[HttpRequest], HttpResponse]

HTML = "text/html"
JSON = ["application/json", "application/graphql-response+json"]
FILES = [
    f"web/graphiql/{name}"
    for name in ("graphiql.min.css", "graphiql.min.js", "react-dom.production.min.js", "react.production.min.js")
]

# No other host, and no script or style within the page. React places elements through the CSSOM, which this does not
# concern; but GraphiQL's menus and dialogs add a style element of their own, which shows the nonce.
POLICY = {
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
    """Puts GraphiQL before the view of the API: for who reads HTML rather than JSON, when GRAPHIQL is on."""

    @wraps(view)
    def graphiql_or_view(request: HttpRequest) -> HttpResponse:
        return graphiql(request) if settings.GRAPHIQL and is_navigation(request) else view(request)

    return graphiql_or_view


def is_navigation(request: HttpRequest) -> bool:
    """Whether a browser asks for a page. A client that takes anything, as curl does, is none."""
    if request.method not in ("GET", "HEAD"):
        return False
    json = [media_type + charset for media_type in JSON for charset in ("", "; charset=utf-8")]
    return request.get_preferred_type([*json, HTML]) == HTML


def graphiql(request: HttpRequest) -> HttpResponse:
    """The page; or, where its files are missing, how to get them."""
    nonce = secrets.token_urlsafe(16)
    if has_files():
        context = {"nonce": nonce, "examples": read_examples(), "has_demo": settings.DEBUG}
        response = render(request, "web/graphiql.html", context)
    else:
        response = render(request, "web/graphiql_missing.html", status=503)
    policy = "; ".join(f"{directive} {sources}" for directive, sources in POLICY.items())
    response.headers["Content-Security-Policy"] = policy.format(nonce=nonce)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept, Authorization"  # as the API's own answers at this address
    return response


def has_files() -> bool:
    """Whether script/graphiql has run; and before collectstatic, where that names files by what they hold."""
    try:
        return all(static(file) and finders.find(file) for file in FILES)
    except ValueError:
        return False


def read_examples(folder: Path = settings.BASE_DIR / "docs" / "examples") -> list[dict[str, str]]:
    """The example operations: title, kind (query or mutation), what the comment above it says, and text."""
    examples = []
    for path in folder.glob("*.graphql"):
        text = path.read_text(encoding="utf-8")
        kind = "mutation" if re.search(r"^mutation\b", text, re.MULTILINE) else "query"
        about = " ".join(re.findall(r"^# ?(.*)", text, re.MULTILINE))
        examples.append({"title": path.stem.replace("-", " ").capitalize(), "kind": kind, "about": about, "text": text})
    return sorted(examples, key=lambda example: (example["kind"] == "mutation", example["title"]))
