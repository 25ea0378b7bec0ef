"""What the page reads as JSON: the grid, and the suggestions of its fields."""

from datetime import timedelta

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from reservation.domain.access import visible_reservations
from reservation.domain.queries.calendar import read_possible_moves
from reservation.domain.queries.providers import find_providers
from reservation.instants import clock
from reservation.models import Provider
from staff.base import current_caller
from staff.calendar.choice import CalendarChoice
from staff.calendar.columns import CalendarColumn, CalendarColumns
from staff.calendar.days import CalendarDay, week_of
from staff.calendar.texts import day_title, utc_offset, week_title
from staff.calendar.week import describe_weeks
from staff.dates import FIRST_DATE, LAST_DATE

MAX_PROVIDER_SUGGESTIONS = 50


def read_grid(request: HttpRequest) -> JsonResponse:
    """Returns the grid: a day of several providers, a week of one, or the occupancy of a week of several.

    A fixed number of statements: those of the caller, two for providers, and two for the grid (one for an occupancy).
    """
    choice, caller, now = CalendarChoice.read(request.GET), current_caller(request), timezone.now()
    providers, has_next = choice.providers()
    zone = choice.zone_for(providers)
    date = choice.date_for(zone, now)
    days = week_of(date, zone) if choice.view == "week" else [CalendarDay(date, zone)]
    step = timedelta(days=len(days))
    is_overview = choice.view == "week" and len(providers) != 1
    if is_overview:
        grid = describe_weeks(caller=caller, providers=providers, days=days, now=now)
    else:
        columns = [CalendarColumn(provider, day) for provider in providers for day in days]
        grid = CalendarColumns(caller=caller, columns=columns, days=days, now=now).describe(
            is_by_day=choice.view == "week"
        )
    return JsonResponse(
        {
            **grid,
            "kind": "overview" if is_overview else "columns",
            "view": choice.view,
            "date": date.isoformat(),
            "previous": max(date - step, FIRST_DATE).isoformat(),
            "next": min(date + step, LAST_DATE).isoformat(),
            "today": now.astimezone(zone).date().isoformat(),
            "title": week_title(days) if choice.view == "week" else day_title(date),
            "zone": zone.key,
            "offset": utc_offset(days),
            "page": choice.page,
            "has_next": has_next,
            "shown": [{"id": provider.pk, "name": provider.name} for provider in providers],
        }
    )


def find_providers_by_name(request: HttpRequest) -> JsonResponse:
    """Returns the first providers whose name contains the text, inactive ones too."""
    found = find_providers(search=request.GET.get("search", "")[:100].replace("\0", ""))
    providers = found.by_name().values("id", "name", "is_active")[:MAX_PROVIDER_SUGGESTIONS]
    return JsonResponse({"providers": list(providers)})


def list_possible_moves(request: HttpRequest, pk: int) -> JsonResponse:
    """Returns the times on a provider's day to which the reservation could be moved. Raises Http404."""
    choice, caller, now = CalendarChoice.read(request.GET), current_caller(request), timezone.now()
    reservation = get_object_or_404(visible_reservations(caller), pk=pk)
    provider = get_object_or_404(Provider, pk__in=choice.provider_ids)
    zone = choice.zone_for([provider])
    day = CalendarDay(choice.date_for(zone, now), zone)
    found = read_possible_moves(
        caller=caller,
        reservation=reservation,
        provider=provider,
        starts_from=day.starts_at,
        starts_before=day.ends_at,
        now=now,
    )
    return JsonResponse(
        {
            "title": day_title(day.date),
            "times": [{"id": slot.id, "label": clock(slot.starts_at, zone)} for slot in found],
        }
    )
