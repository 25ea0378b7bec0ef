"""The Content-Security-Policy of every page whose view sets none of its own, as GraphiQL's view does."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# No other host, no inline script or style, no framing. `data:` images are those in style sheets, and the QR code of a
# second factor.
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

# The admin's theme, django-unfold, evaluates attributes of elements (Alpine.js) and has inline styles.
ADMIN_POLICY = f"{POLICY}; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'"


class ContentSecurityPolicyMiddleware:
    """Adds the header to every HTML response. Stands before other middleware, so that error pages have it too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        is_silk = request.resolver_match is not None and request.resolver_match.app_name == "silk"
        # Django's debug pages and silk's pages have inline scripts and styles.
        is_developer_page = settings.DEBUG and (response.status_code >= 400 or is_silk)
        if is_page and not is_developer_page:
            is_admin = request.resolver_match is not None and request.resolver_match.app_name == "admin"
            is_themed = is_admin and response.status_code < 400  # the admin's error pages are not themed
            response.headers.setdefault("Content-Security-Policy", ADMIN_POLICY if is_themed else POLICY)
        return response
