"""The outermost middleware, which observes all requests."""

import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from ops.counting import count_request
from ops.observation import ENVIRON, HEADER, OTHER, VERSION_HEADER, Observation, current, id_of

RETRY_SECONDS = {429: 60, 503: 1, 504: 5}
"""Retry-After of statuses that pass, in seconds, where the view does not set it. Such a 429 is allauth's, whose windows
are minutes. nginx sends the same for 503 and 504."""


class ObservationMiddleware:
    """Gives each request an id, measures it, and passes the observation to the access log and the metrics.

    It also sees to it that every response tells the version that made it, unless SHOW_VERSION is false, and that one
    with a status that passes says when to try again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        observation = Observation(request_id=id_of(request))
        token = current.set(observation)
        try:
            with connection.execute_wrapper(observation.time_statement):
                response = self.get_response(request)
        finally:
            current.reset(token)
        observation.route = route_of(request)
        response.headers[HEADER] = observation.request_id
        if settings.SHOW_VERSION:
            response.headers[VERSION_HEADER] = settings.VERSION
        if response.status_code in RETRY_SECONDS:
            response.headers.setdefault("Retry-After", str(RETRY_SECONDS[response.status_code]))
        request.META[ENVIRON] = observation  # META is the WSGI environment
        count_request(observation, status=response.status_code, seconds=time.perf_counter() - started)
        return response


def route_of(request: HttpRequest) -> str:
    """Returns the name of the URL pattern. The path itself may contain anything, and so is never a label."""
    match = request.resolver_match
    if match is None:
        return OTHER
    return match.namespaces[0] if match.namespaces else match.url_name or OTHER
