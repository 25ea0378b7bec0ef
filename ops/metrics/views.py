"""/metrics, for Prometheus."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from ops.metrics.access import may_read
from ops.metrics.exposition import CONTENT_TYPE, as_text
from ops.metrics.process import metrics


@never_cache
def show_metrics(request: HttpRequest) -> HttpResponse:
    """Returns the counts of all processes. Raises Http404 for a client that may not read them."""
    if not (settings.METRICS and may_read(request)):
        raise Http404
    return counts_or_unavailable(request)


@require_safe
def counts_or_unavailable(request: HttpRequest) -> HttpResponse:
    """Returns the counts; or 503 without Redis, since counts of this process alone would look like reset counters."""
    try:
        counts = metrics().total()
    except RedisError:
        return HttpResponse("Redis is unavailable, and so are the counts.\n", content_type="text/plain", status=503)
    return HttpResponse(as_text(counts), content_type=CONTENT_TYPE)
