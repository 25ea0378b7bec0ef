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
    """What all processes have counted; to whoever may not know, there is no such page."""
    if not (settings.METRICS and may_read(request)):
        raise Http404
    return counted(request)


@require_safe
def counted(request: HttpRequest) -> HttpResponse:
    """The counts, or 503: those of this process alone would look as if counting had begun anew."""
    try:
        counts = metrics().total()
    except RedisError:
        return HttpResponse("Redis is away, and the counts with it.\n", content_type="text/plain", status=503)
    return HttpResponse(as_text(counts), content_type=CONTENT_TYPE)
