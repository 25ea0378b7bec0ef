"""What stands before the views of others."""

from collections.abc import Callable

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse

PREFIX = "/auth/"


class ReadableJsonMiddleware:
    """Answer 400 to a body for allauth that is no JSON in UTF-8, so that it meets none that it cannot read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(PREFIX) and request.body:
            try:
                orjson.loads(request.body)
            except orjson.JSONDecodeError:
                errors = [{"message": "This is not JSON in UTF-8.", "code": "invalid"}]
                return JsonResponse({"status": 400, "errors": errors}, status=400)
        return self.get_response(request)
