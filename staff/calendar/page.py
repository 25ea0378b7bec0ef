"""The page around the calendar, whose grid JavaScript reads and refreshes."""

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from reservation.models import Provider, Service
from reservation.policy import HOLDING
from reservation.status_words import STATUS_WORDS
from staff.calendar.permissions import may_reserve, may_work


def show_page(request: HttpRequest) -> HttpResponse:
    """Returns the page. Its address contains the choice of what is shown, so that it can be bookmarked and shared."""
    zones = Provider.objects.filter(is_active=True).order_by().values_list("time_zone", flat=True).distinct()
    context = {
        **admin.site.each_context(request),
        "title": "Calendar",
        "is_fullwidth": "1",
        "appointment_minutes": settings.RESERVATION_POLICY.appointment_minutes,
        "services": Service.objects.filter(is_active=True).by_name(),
        "zones": sorted({*zones, "UTC"}),
        "legend": [words for status, words in STATUS_WORDS.items() if status in HOLDING],
        "may_work": may_work(request),
        "may_reserve": may_reserve(request),
    }
    return TemplateResponse(request, "admin/calendar/calendar.html", context)
