"""What stands before the views of others."""

from collections.abc import Callable

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse

PREFIX = "/auth/"
MAX_BRACKETS = 100


class ReadableJsonMiddleware:
    """Answer 400 to a body for allauth that is no JSON in UTF-8, or so nested that reading it overflows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(PREFIX) and request.body and not is_readable(request.body):
            errors = [{"message": "This is not JSON in UTF-8.", "code": "invalid"}]
            return JsonResponse({"status": 400, "errors": errors}, status=400)
        return self.get_response(request)


def is_readable(body: bytes) -> bool:
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return body.count(b"[") + body.count(b"{") <= MAX_BRACKETS
