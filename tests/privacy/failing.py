"""Unexpected failures whose exceptions contain personal data, as a KeyError or MySQL's error for a duplicate does."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

import api.query.service

FAIL = "Fail"
"""The header of a request outside of the API that must fail. In the API, every search for services fails."""


class FailingMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.find_services = api.query.service.find_services
        api.query.service.find_services = self.find_or_fail

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if FAIL in request.headers and not request.path.startswith("/graphql"):
            raise LookupError(request.body.decode(), request.headers)
        return self.get_response(request)

    def find_or_fail(self, *, search: str | None = None, **conditions: Any) -> Any:
        try:
            if search is not None:
                raise KeyError(search)
        except KeyError as error:
            raise LookupError(f"Duplicate entry '{search}'") from error
        return self.find_services(search=search, **conditions)
