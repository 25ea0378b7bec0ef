"""The hierarchy of dates above a list: worked out from the clock, so that it asks the table nothing.

Django's own reads the first and the last row and every day in between: seconds, among a million.
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

from staff.calendar.days import FIRST_DATE, LAST_DATE

PARAMETER = "when"
DAY, MONTH = re.compile(r"(\d{4})-(\d\d)-(\d\d)"), re.compile(r"(\d{4})-(\d\d)")
FAR = timedelta(days=36_500)

NAMED: dict[str, tuple[str, Callable[[date], tuple[date, date]]]] = {
    # In a list's address; what it is called; from which day to before which.
    "ahead": ("From today", lambda today: (today, today + FAR)),
    "today": ("Today", lambda today: (today, today + timedelta(days=1))),
    "tomorrow": ("Tomorrow", lambda today: (today + timedelta(days=1), today + timedelta(days=2))),
    "week": ("This week", lambda today: week_of(today)),
    "next-week": ("Next week", lambda today: week_of(today + timedelta(days=7))),
    "past": ("Before today", lambda today: (today - FAR, today)),
}


@dataclass(frozen=True)
class Choice:
    title: str
    link: str
    is_chosen: bool


def week_of(day: date) -> tuple[date, date]:
    """From Monday to Monday."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=7)


def month_of(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


def day_in(text: str) -> date | None:
    """The day, or the first one of the month, that this names; None for anything else, and for what no zone has."""
    found = DAY.fullmatch(text) or MONTH.fullmatch(text)
    if found is None:
        return None
    try:
        day = date(*(int(part) for part in (*found.groups(), "1")[:3]))
    except ValueError:
        return None
    return day if FIRST_DATE <= day <= LAST_DATE else None


def interval_of(name: str, now: datetime) -> tuple[datetime, datetime]:
    """From when to before when, by staff's clock. Raises ValueError for what names no interval."""
    day = day_in(name)
    if name in NAMED:
        starts, ends = NAMED[name][1](timezone.localtime(now).date())
    elif day is None:
        raise ValueError(name)
    elif DAY.fullmatch(name):
        starts, ends = day, day + timedelta(days=1)
    else:
        starts, ends = month_of(day)
    return midnight(starts), midnight(ends)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone())


class WhenFilter(SimpleListFilter):
    """By the names above, by a month (2030-01) or by a day (2030-01-31)."""

    title, parameter_name = "time", PARAMETER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, title) for name, (title, _) in NAMED.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        try:
            starts_from, starts_before = interval_of(self.value() or "", timezone.now())
        except ValueError:
            return queryset
        return queryset.filter(starts_at__gte=starts_from, starts_at__lt=starts_before)


def hierarchy(request: HttpRequest) -> list[list[Choice]]:
    """Rows of choices: intervals with names, months, and the days of a month once one is chosen."""
    chosen = request.GET.get(PARAMETER, "")
    today = timezone.localdate()
    middle = day_in(chosen) or today

    def choice(title: str, value: str) -> Choice:
        parameters = request.GET.copy()
        parameters.pop("p", None)
        parameters[PARAMETER] = value
        if not value:
            del parameters[PARAMETER]
        return Choice(title, f"?{parameters.urlencode()}", chosen == value)

    named = [choice("All", ""), *(choice(title, name) for name, (title, _) in NAMED.items())]
    months = [add_months(middle, step) for step in range(-3, 5)]
    rows = [named, [choice(f"{month:%b %Y}", f"{month:%Y-%m}") for month in months]]
    if day_in(chosen):
        _, days = calendar.monthrange(middle.year, middle.month)
        rows.append([choice(str(day), f"{middle:%Y-%m}-{day:02}") for day in range(1, days + 1)])
    return rows


def add_months(day: date, number: int) -> date:
    """The first day of the month so many months from this one's."""
    months = day.year * 12 + day.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)
