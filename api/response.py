"""Writing a GraphQL answer to HTTP: its media type, its status, and who may keep it for how long."""

from hashlib import sha256
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags

from api.codes import PARTIAL, is_draft
from api.errors import RequestError, malformed
from api.request import JSON

GRAPHQL_JSON = "application/graphql-response+json"
MEDIA_TYPES = (JSON, GRAPHQL_JSON)
CHARSET = "; charset=utf-8"
PRIVATE = "no-store"
RENEWING_SECONDS = 1
"""For how long after that a proxy may still give it away while it asks for another."""


def media_type_of(request: HttpRequest) -> str:
    """What the client likes best of what there is. Raises RequestError when it takes nothing of it."""
    if not request.headers.get("Accept", "").strip():
        return JSON
    # Clients ask for it with the charset and without.
    preferred = request.get_preferred_type([media_type + end for media_type in MEDIA_TYPES for end in ("", CHARSET)])
    if preferred is None:
        raise malformed(f"Answers are {' or '.join(MEDIA_TYPES)}.", status=406)
    return preferred.removesuffix(CHARSET)


def answer_result(result: dict[str, Any], media_type: str) -> HttpResponse:
    """An operation that was executed: with data, and perhaps errors."""
    is_partial = "errors" in result and media_type == GRAPHQL_JSON and is_draft()
    return write(result, media_type, PARTIAL if is_partial else 200)


def answer_refusal(refusal: RequestError, media_type: str) -> HttpResponse:
    """A request of which nothing was executed."""
    told = {"errors": [dict(error.formatted) for error in refusal.errors]}
    is_plain = media_type == JSON and refusal.is_well_formed
    response = write(told, media_type, 200 if is_plain else refusal.status)
    for name, value in refusal.headers.items():
        response.headers[name] = value
    return response


def write(told: dict[str, Any], media_type: str, status: int) -> HttpResponse:
    response = HttpResponse(orjson.dumps(told), content_type=media_type + CHARSET, status=status)
    response.headers["Cache-Control"] = PRIVATE
    response.headers["Vary"] = "Accept, Authorization"
    return response


def make_public(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The same answer, which proxies may keep for a moment; or 304, when the client has it already."""
    etag = f'"{sha256(response["Content-Type"].encode() + response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    kept = f"public, max-age={settings.GRAPHQL_PUBLIC_SECONDS}, stale-while-revalidate={RENEWING_SECONDS}"
    response.headers["Cache-Control"] = kept
    if etag in parse_etags(request.headers.get("If-None-Match", "").replace("W/", "")):
        response.status_code = 304
        response.content = b""
    return response
