"""Writes GraphQL responses to HTTP: media type, status and cache headers."""

from functools import lru_cache
from hashlib import sha256

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags

from api.http.codes import PARTIAL, is_draft
from api.http.errors import RequestError, malformed, shown
from api.http.request import JSON

GRAPHQL_JSON = "application/graphql-response+json"
MEDIA_TYPES = (JSON, GRAPHQL_JSON)
CHARSET = "; charset=utf-8"
PRIVATE = "no-store"


def media_type_of(request: HttpRequest) -> str:
    """The media type of the response, negotiated by Accept. Raises RequestError when the client accepts none."""
    accept = request.headers.get("Accept", "")
    if not accept.strip():
        return JSON
    preferred = preferred_type(accept)
    if preferred is None:
        raise malformed(f"Accept {' or '.join(MEDIA_TYPES)}.", status=406)
    return preferred


@lru_cache  # clients send only a few different values
def preferred_type(accept: str) -> str | None:
    """The media type that this Accept header prefers; None when it accepts none."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT"] = accept
    # Clients name it with and without the charset.
    preferred = request.get_preferred_type([media_type + end for media_type in MEDIA_TYPES for end in ("", CHARSET)])
    return preferred and preferred.removesuffix(CHARSET)


def result_response(body: bytes, media_type: str, *, has_errors: bool) -> HttpResponse:
    """The response to an operation that was executed: with data, and perhaps errors."""
    is_partial = has_errors and media_type == GRAPHQL_JSON and is_draft()
    return json_response(body, media_type, PARTIAL if is_partial else 200)


def refusal_response(refusal: RequestError, media_type: str) -> HttpResponse:
    """The response to a request of which nothing was executed."""
    body = orjson.dumps({"errors": [shown(error) for error in refusal.errors]})
    is_plain = media_type == JSON and refusal.is_well_formed
    response = json_response(body, media_type, 200 if is_plain else refusal.status)
    for name, value in refusal.headers.items():
        response.headers[name] = value
    return response


def json_response(body: bytes, media_type: str, status: int) -> HttpResponse:
    response = HttpResponse(body, content_type=media_type + CHARSET, status=status)
    response.headers["Cache-Control"] = PRIVATE
    response.headers["Vary"] = "Accept, Authorization, origin"  # lower case, as corsheaders adds it
    return response


def make_public(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let proxies cache the response for a moment; make it a 304 when the client's ETag matches."""
    content_hash = sha256(response["Content-Type"].encode())
    content_hash.update(response.content)  # without a copy of it
    etag = f'"{content_hash.hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    # max-age=0: a browser's own TTL would add to the proxy's, so it revalidates by the ETag each time.
    response.headers["Cache-Control"] = f"public, max-age=0, s-maxage={settings.GRAPHQL_PUBLIC_SECONDS}"
    if etag in parse_etags(request.headers.get("If-None-Match", "").replace("W/", "")):
        response.status_code = 304
        response.content = b""
    return response
