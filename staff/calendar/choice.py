"""What the address of the calendar selects. Invalid values count as absent, so that a shared link always opens."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import QueryDict

from reservation.domain.queries.providers import find_providers
from reservation.models import Provider
from reservation.time_zones import is_time_zone, zone_named
from staff.dates import FIRST_DATE, LAST_DATE
from staff.ids import parse_id

PROVIDERS_PER_PAGE = 30
MAX_PAGE = 10_000


@dataclass(frozen=True, kw_only=True)
class CalendarChoice:
    """zone: None for the zone of the providers."""

    view: str
    day: date | None
    zone: ZoneInfo | None
    provider_ids: list[int]
    service_id: int | None
    page: int

    @classmethod
    def read(cls, query: QueryDict) -> "CalendarChoice":
        return cls(
            view="week" if query.get("view") == "week" else "day",
            day=parse_date(query.get("date", "")),
            zone=parse_zone(query.get("zone", "")),
            provider_ids=[pk for text in query.get("providers", "").split(",") if (pk := parse_id(text)) is not None],
            service_id=parse_id(query.get("service", "")),
            page=parse_id(query.get("page", "")) or 1,
        )

    def providers(self) -> tuple[list[Provider], bool]:
        """Returns the providers of the page, by name, and whether there is another page.

        Providers that the address names are shown even if they are inactive. One statement, and one for their services.
        """
        found = find_providers(service_id=self.service_id, is_active=None if self.provider_ids else True)
        if self.provider_ids:
            found = found.filter(pk__in=self.provider_ids)
        start = (min(self.page, MAX_PAGE) - 1) * PROVIDERS_PER_PAGE
        end = start + PROVIDERS_PER_PAGE
        providers = list(found.by_name().prefetch_related("services")[start : end + 1])
        return providers[:PROVIDERS_PER_PAGE], len(providers) > PROVIDERS_PER_PAGE

    def zone_for(self, providers: list[Provider]) -> ZoneInfo:
        """Returns the chosen zone, or the providers' if they have one in common, or staff's."""
        zones = {provider.time_zone for provider in providers}
        return self.zone or zone_named(zones.pop() if len(zones) == 1 else settings.STAFF_TIME_ZONE)

    def date_for(self, zone: ZoneInfo, now: datetime) -> date:
        """Returns the chosen date, or today's."""
        return self.day or now.astimezone(zone).date()


def parse_date(text: str) -> date | None:
    try:
        parsed = date.fromisoformat(text)
    except ValueError:
        return None
    return parsed if FIRST_DATE <= parsed <= LAST_DATE else None


def parse_zone(text: str) -> ZoneInfo | None:
    return zone_named(text) if is_time_zone(text) else None
