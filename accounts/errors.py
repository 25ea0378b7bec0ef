"""Refusals in the format of allauth's API."""

from django.http import JsonResponse


def error_response(
    message: str, *, status: int, code: str = "invalid", param: str | None = None, retry_seconds: int | None = None
) -> JsonResponse:
    """Returns an error in the format of allauth's own.

    param: the name of the field that caused it. retry_seconds: when the same request may succeed (Retry-After).
    """
    error = {"message": message, "code": code} | ({"param": param} if param else {})
    response = JsonResponse({"status": status, "errors": [error]}, status=status)
    if retry_seconds is not None:
        response.headers["Retry-After"] = str(retry_seconds)
    return response
