"""A shortcut past the middleware: most of it is for pages, and has nothing to say about an operation without a cookie.

Nobody has a session without a cookie, so nothing is refused less. Who comes this way has neither `request.session` nor
`request.user`; what is said beside the answer is the same.
"""

from collections.abc import Callable

from corsheaders.middleware import CorsMiddleware
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.security import SecurityMiddleware
from django.urls import ResolverMatch, resolve
from django.utils.functional import cached_property

Handler = Callable[[HttpRequest], HttpResponse]

PATH = "/graphql"


class Shortcut:
    """Where operations without a cookie leave the others, for the view. Stands before all that they go past."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.cors = CorsMiddleware(get_response)
        self.security = SecurityMiddleware(get_response)
        self.finish = (
            XFrameOptionsMiddleware(get_response).process_response,
            CommonMiddleware(get_response).process_response,
            self.security.process_response,
        )

    @cached_property
    def match(self) -> ResolverMatch:
        return resolve(PATH)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.is_short(request):
            return self.get_response(request)
        request.resolver_match = self.match
        response: HttpResponse = self.match.func(request)
        if "HTTP_ORIGIN" in request.META:
            self.cors.add_response_headers(request, response)
        for process_response in self.finish:
            process_response(request, response)  # each adds headers, and answers the same response
        return response

    def is_short(self, request: HttpRequest) -> bool:
        """Whether this is an operation without a cookie that nobody before the view would refuse, or send elsewhere."""
        if request.method != "POST" or request.path_info.removesuffix("/") != PATH or request.META.get("HTTP_COOKIE"):
            return False
        try:
            request.get_host()
        except DisallowedHost:
            return False
        return self.security.process_request(request) is None
