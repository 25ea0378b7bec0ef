"""The content coding of a request body."""

from django.http import HttpRequest


def is_compressed(request: HttpRequest) -> bool:
    """Returns whether the body is compressed, or encoded in another way, which neither the API nor allauth reads."""
    return request.headers.get("Content-Encoding", "").strip().lower() not in ("", "identity")
