"""The occupancy of a week of many providers: a row for each provider, a column for each day."""

from datetime import datetime
from typing import Any

from reservation.domain.caller import Caller
from reservation.domain.queries.calendar import Occupancy, count_occupancy
from reservation.instants import short_day
from reservation.models import Provider
from staff.calendar.days import CalendarDay

NO_APPOINTMENTS = Occupancy(open=0, closed=0, held=0, booked=0)


def describe_weeks(
    *, caller: Caller, providers: list[Provider], days: list[CalendarDay], now: datetime
) -> dict[str, Any]:
    """Returns rows and columns as JSON."""
    bounds = [days[0].starts_at, *(day.ends_at for day in days)]
    counts = count_occupancy(caller=caller, providers=providers, bounds=bounds, now=now)
    return {
        "days": [
            {"date": day.date.isoformat(), "heading": short_day(day.date), "is_today": day.contains(now)}
            for day in days
        ],
        "weeks": [
            {
                "provider": provider.pk,
                "name": provider.name,
                "is_active": provider.is_active,
                "days": [
                    describe_day(counts.get((provider.pk, number), NO_APPOINTMENTS)) for number in range(len(days))
                ],
            }
            for provider in providers
        ],
    }


def describe_day(occupancy: Occupancy) -> dict[str, int]:
    return {
        "open": occupancy.open,
        "closed": occupancy.closed,
        "held": occupancy.held,
        "booked": occupancy.booked,
    }
