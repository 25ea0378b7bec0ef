"""The hierarchy of dates above a list: computed from the clock, without a query.

Django's own hierarchy reads the first and the last row and every day in between: seconds, among a million rows.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

FIRST_DATE, LAST_DATE = date(1970, 1, 10), date(8999, 12, 1)
"""The dates that staff can choose. The weeks before and after them exist in every zone, and BOOKED_UNTIL is later."""

WHEN_PARAMETER = "when"
DAY_PATTERN, MONTH_PATTERN = re.compile(r"(\d{4})-(\d\d)-(\d\d)"), re.compile(r"(\d{4})-(\d\d)")
FAR_AWAY = timedelta(days=36_500)

NAMED: dict[str, tuple[str, Callable[[date], tuple[date, date]]]] = {
    # Name in the address of a list; title; first day, and the day after the last.
    "ahead": ("From today", lambda today: (today, today + FAR_AWAY)),
    "today": ("Today", lambda today: (today, today + timedelta(days=1))),
    "tomorrow": ("Tomorrow", lambda today: (today + timedelta(days=1), today + timedelta(days=2))),
    "week": ("This week", lambda today: bounds_of_week(today)),
    "next-week": ("Next week", lambda today: bounds_of_week(today + timedelta(days=7))),
    "past": ("Before today", lambda today: (today - FAR_AWAY, today)),
}


@dataclass(frozen=True)
class DateLink:
    title: str
    address: str
    is_chosen: bool


def bounds_of_week(day: date) -> tuple[date, date]:
    """This Monday and the next."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=7)


def bounds_of_month(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


def parse_day(text: str) -> date | None:
    """Returns the day, or the first day of the month; None for anything else, and outside FIRST_DATE to LAST_DATE."""
    found = DAY_PATTERN.fullmatch(text) or MONTH_PATTERN.fullmatch(text)
    if found is None:
        return None
    try:
        day = date(*(int(part) for part in (*found.groups(), "1")[:3]))
    except ValueError:
        return None
    return day if FIRST_DATE <= day <= LAST_DATE else None


def interval_of(name: str, now: datetime) -> tuple[datetime, datetime]:
    """Returns the half-open interval with this name, in staff's time zone. Raises ValueError for an unknown name."""
    day = parse_day(name)
    if name in NAMED:
        starts, ends = NAMED[name][1](timezone.localtime(now).date())
    elif day is None:
        raise ValueError(name)
    elif DAY_PATTERN.fullmatch(name):
        starts, ends = day, day + timedelta(days=1)
    else:
        starts, ends = bounds_of_month(day)
    return start_of_day(starts), start_of_day(ends)


def start_of_day(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone())


class WhenFilter(SimpleListFilter):
    """By a name in NAMED, a month (2030-01) or a day (2030-01-31)."""

    title, parameter_name = "time", WHEN_PARAMETER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, title) for name, (title, _) in NAMED.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        try:
            starts_from, starts_before = interval_of(self.value() or "", timezone.now())
        except ValueError:
            return queryset
        return queryset.filter(starts_at__gte=starts_from, starts_at__lt=starts_before)


def hierarchy(request: HttpRequest) -> list[list[DateLink]]:
    """Returns rows of links: named intervals, months, and the days of the chosen month."""
    chosen = request.GET.get(WHEN_PARAMETER, "")
    today = timezone.localdate()
    middle = parse_day(chosen) or today

    def link(title: str, value: str) -> DateLink:
        parameters = request.GET.copy()
        parameters.pop("p", None)
        parameters[WHEN_PARAMETER] = value
        if not value:
            del parameters[WHEN_PARAMETER]
        return DateLink(title, f"?{parameters.urlencode()}", chosen == value)

    named = [link("All", ""), *(link(title, name) for name, (title, _) in NAMED.items())]
    months = [add_months(middle, step) for step in range(-3, 5)]
    rows = [named, [link(f"{month:%b %Y}", f"{month:%Y-%m}") for month in months]]
    if parse_day(chosen):
        _, days = calendar.monthrange(middle.year, middle.month)
        rows.append([link(str(day), f"{middle:%Y-%m}-{day:02}") for day in range(1, days + 1)])
    return rows


def add_months(day: date, number: int) -> date:
    """Returns the first day of the month, this number of months later."""
    months = day.year * 12 + day.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)
