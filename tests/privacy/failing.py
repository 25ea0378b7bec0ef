"""Failures that nobody foresaw, whose exceptions hold what was sent: as a KeyError does, or a duplicate in MySQL."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

import api.query.service

FAIL = "Fail"
"""A request with this header fails: outside of the API at once, in the API in the resolver of services."""


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
