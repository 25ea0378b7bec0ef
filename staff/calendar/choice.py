"""What the address of the calendar asks for. What is wrong in it counts as not said: a shared link always opens."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import QueryDict

from reservation.domain.queries.providers import find_providers
from reservation.models import Provider
from reservation.models.fields import time_zone_names
from staff.calendar.days import FIRST_DATE, LAST_DATE

MAX_PROVIDERS = 30
"""On one page."""

MAX_ID = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class Choice:
    """zone: None when it is to be the providers' own."""

    view: str
    day: date | None
    zone: ZoneInfo | None
    provider_ids: list[int]
    service_id: int | None
    page: int

    @classmethod
    def read(cls, query: QueryDict) -> "Choice":
        return cls(
            view="week" if query.get("view") == "week" else "day",
            day=date_in(query.get("date", "")),
            zone=zone_in(query.get("zone", "")),
            provider_ids=[one for text in query.get("providers", "").split(",") if (one := id_in(text)) is not None],
            service_id=id_in(query.get("service", "")),
            page=id_in(query.get("page", "")) or 1,
        )

    def providers(self) -> tuple[list[Provider], bool]:
        """Those who are shown, by name, and whether there is another page.

        Who is named is shown, whether its time can be reserved or not. One statement, and one for what they offer.
        """
        found = find_providers(service_id=self.service_id, is_active=None if self.provider_ids else True)
        if self.provider_ids:
            found = found.filter(pk__in=self.provider_ids)
        start = (min(self.page, 10_000) - 1) * MAX_PROVIDERS
        providers = list(found.order_by("name", "pk").prefetch_related("services")[start : start + MAX_PROVIDERS + 1])
        return providers[:MAX_PROVIDERS], len(providers) > MAX_PROVIDERS

    def zone_for(self, providers: list[Provider]) -> ZoneInfo:
        """The zone that was chosen, or the providers' if they have one in common, or staff's."""
        own = {provider.time_zone for provider in providers}
        return self.zone or ZoneInfo(own.pop() if len(own) == 1 else settings.STAFF_TIME_ZONE)

    def date_for(self, zone: ZoneInfo, now: datetime) -> date:
        """The date that was chosen, or today's."""
        return self.day or now.astimezone(zone).date()


def date_in(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST_DATE <= found <= LAST_DATE else None


def zone_in(text: str) -> ZoneInfo | None:
    return ZoneInfo(text) if text in time_zone_names() else None


def id_in(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_ID))
    return int(text) if is_number and 0 < int(text) <= MAX_ID else None
