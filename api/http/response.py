"""Writing a GraphQL answer to HTTP: its media type, its status, and who may keep it for how long."""

from functools import lru_cache
from hashlib import sha256

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags

from api.http.codes import PARTIAL, is_draft
from api.http.errors import RequestError, malformed
from api.http.request import JSON

GRAPHQL_JSON = "application/graphql-response+json"
MEDIA_TYPES = (JSON, GRAPHQL_JSON)
CHARSET = "; charset=utf-8"
PRIVATE = "no-store"


def media_type_of(request: HttpRequest) -> str:
    """What the client likes best of what there is. Raises RequestError when it takes nothing of it."""
    accept = request.headers.get("Accept", "")
    if not accept.strip():
        return JSON
    preferred = preferred_type(accept)
    if preferred is None:
        raise malformed(f"Answers are {' or '.join(MEDIA_TYPES)}.", status=406)
    return preferred


@lru_cache  # clients send the same few
def preferred_type(accept: str) -> str | None:
    """What such a client likes best of what there is, if it takes any of it."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT"] = accept
    # Clients ask for it with the charset and without.
    preferred = request.get_preferred_type([media_type + end for media_type in MEDIA_TYPES for end in ("", CHARSET)])
    return preferred and preferred.removesuffix(CHARSET)


def answer_result(body: bytes, media_type: str, *, has_errors: bool) -> HttpResponse:
    """An operation that was executed: with data, and perhaps errors."""
    is_partial = has_errors and media_type == GRAPHQL_JSON and is_draft()
    return write(body, media_type, PARTIAL if is_partial else 200)


def answer_refusal(refusal: RequestError, media_type: str) -> HttpResponse:
    """A request of which nothing was executed."""
    told = {"errors": [dict(error.formatted) for error in refusal.errors]}
    is_plain = media_type == JSON and refusal.is_well_formed
    response = write(orjson.dumps(told), media_type, 200 if is_plain else refusal.status)
    for name, value in refusal.headers.items():
        response.headers[name] = value
    return response


def write(body: bytes, media_type: str, status: int) -> HttpResponse:
    response = HttpResponse(body, content_type=media_type + CHARSET, status=status)
    response.headers["Cache-Control"] = PRIVATE
    response.headers["Vary"] = "Accept, Authorization, origin"  # the last as corsheaders would add it
    return response


def make_public(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The same answer, which proxies may keep for a moment; or 304, when the client has it already."""
    etag = f'"{sha256(response["Content-Type"].encode() + response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    # What a browser keeps would be added to what the proxy does: it asks each time, and is told by the tag.
    response.headers["Cache-Control"] = f"public, max-age=0, s-maxage={settings.GRAPHQL_PUBLIC_SECONDS}"
    if etag in parse_etags(request.headers.get("If-None-Match", "").replace("W/", "")):
        response.status_code = 304
        response.content = b""
    return response
