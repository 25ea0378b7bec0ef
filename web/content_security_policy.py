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


# The admin's theme evaluates the attributes of its elements, and writes its colours into the page.
ADMIN_POLICY = f"{POLICY}; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'"


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
            is_admin = request.resolver_match is not None and request.resolver_match.app_name == "admin"
            is_dressed = is_admin and response.status_code < 400  # errors are plain, there too
            response.headers.setdefault("Content-Security-Policy", ADMIN_POLICY if is_dressed else POLICY)
        return response
