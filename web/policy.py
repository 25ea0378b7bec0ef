"""What a page may load and do, unless its view says otherwise, as GraphiQL's does."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Nothing from another host, no script or style within the page, and nobody frames it. The admin's own files keep to it;
# its only pictures within a page are those of its style sheets, and the QR code of a second factor.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class ContentSecurityPolicyMiddleware:
    """Says so on every page. Stands first, so that error pages have it too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        is_silk = request.resolver_match is not None and request.resolver_match.app_name == "silk"
        # Django's own errors and silk's pages have scripts and styles in them.
        is_for_developers = settings.DEBUG and (response.status_code >= 400 or is_silk)
        if is_page and not is_for_developers:
            response.headers.setdefault("Content-Security-Policy", POLICY)
        return response
