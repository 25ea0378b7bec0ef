"""Open appointments of a few providers, looked for on their days in Memcached rather than in the database."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

from cache.cached_rows import is_enabled
from cache.calendar_days import MICROSECOND, Day, Slot, instant, microseconds, midnight, read_days
from cache.catalogue import read_offers, read_providers
from reservation.domain.appointment import open_appointments
from reservation.domain.validation import check_interval
from reservation.models import Appointment, Provider, Service

MAX_PROVIDERS = 10
"""The calendars of more at once are the database's: it merges them by index."""

FIELDS = ("id", "provider_id", "starts_at", "available_at", "is_booked")
DAY = timedelta(days=1)

Place = tuple[int, int]
"""A place in the order of appointments: a start, in microseconds since 1970, and an id."""

START: Place = (0, 0)
END: Place = (2**63, 0)


@dataclass(frozen=True, kw_only=True)
class Openings:
    """The appointments that can be reserved at this instant: those of these providers (None: of all) that start in the
    half-open interval, and, with a service, with which a run begins that it can be done in."""

    now: datetime
    starts_from: datetime | None = None
    starts_before: datetime | None = None
    provider_ids: tuple[int, ...] | None = None
    service: Service | None = None

    @property
    def in_database(self) -> QuerySet[Appointment]:
        """Raises InvalidInput for an interval that ends before it starts or is too long."""
        return open_appointments(**vars(self))

    @property
    def are_kept(self) -> bool:
        """Whether their days are: of a few providers, and soon. So nobody fills Memcached with years to come."""
        if not self.provider_ids or len(self.provider_ids) > MAX_PROVIDERS or not is_enabled():
            return False
        if self.starts_from is None or self.starts_before is None:
            return False
        check_interval(starts_at=self.starts_from, ends_at=self.starts_before, ends_field="starts_before")
        policy = settings.RESERVATION_POLICY
        return self.starts_before <= policy.earliest_start(self.now) + policy.max_interval


class Search:
    """Looks for the first of the openings, day by day: two days at first, then twice as many each time.

    size: how many are enough. since, until: the places between which they stand, the first of them included.
    """

    def __init__(self, openings: Openings, *, size: int, since: Place = START, until: Place = END) -> None:
        assert openings.starts_from is not None
        assert openings.starts_before is not None
        policy = settings.RESERVATION_POLICY
        self.openings = openings
        self.size = size
        self.since = max(since, (microseconds(max(openings.starts_from, policy.earliest_start(openings.now))), 0))
        self.until = min(until, (microseconds(openings.starts_before), 0))
        self.run_length = policy.run_length(openings.service.duration if openings.service else None)
        self.providers: list[int] = []
        self.dates = dates(self.since, self.until)
        self.step = 2
        self.found: list[Appointment] = []

    @property
    def is_over(self) -> bool:
        return not self.providers or not self.dates or len(self.found) >= self.size

    @property
    def days(self) -> list[Day]:
        """What has to be looked at next: a run that begins on the last day may go on upon another."""
        next_dates = self.dates[: self.step]
        if self.run_length > 1:
            next_dates = [*next_dates, next_dates[-1] + DAY]
        return [Day(provider_id, day) for provider_id in self.providers for day in next_dates]

    def ask(self, providers: Mapping[int, Provider], offers: Mapping[int, list[int]]) -> None:
        """Leave out the providers whose time cannot be reserved, or not for the service."""
        service = self.openings.service
        if service is None or service.is_active:
            self.providers = [
                pk
                for pk in dict.fromkeys(self.openings.provider_ids or ())
                if pk in providers and providers[pk].is_active and (service is None or service.pk in offers[pk])
            ]

    def look(self, on: Mapping[Day, list[Slot]]) -> None:
        """Go on with what is on these days."""
        days, until = self.days, min(self.until, (microseconds(midnight(self.dates[: self.step][-1]) + DAY), 0))
        found = []
        for provider_id in self.providers:
            slots = [slot for day in days if day.provider_id == provider_id for slot in on[day]]
            found += [(slot, provider_id) for slot in self.begins(slots) if self.since <= slot < until]
        room = self.size - len(self.found)
        self.found += [appointment(provider_id, slot) for slot, provider_id in sorted(found)[:room]]
        self.dates, self.step = self.dates[self.step :], self.step * 2

    def begins(self, slots: list[Slot]) -> Iterator[Slot]:
        """Those among these of one provider that are free, as far as what must follow is among them, too."""
        now = microseconds(self.openings.now)
        length = settings.RESERVATION_POLICY.appointment_length // MICROSECOND
        free = [slot for slot in slots if slot.available_at <= now]
        starts = {slot.starts_at for slot in free}
        following = range(length, self.run_length * length, length)
        return (slot for slot in free if all(slot.starts_at + later in starts for later in following))


def find_openings(searches: Collection[Search], *, check: Callable[[], None] = lambda: None) -> None:
    """Go on with all of these searches until each has found enough, reading at once what they look at together.

    check: called before each step, and raises an exception when this takes too long.
    """
    providers = read_providers({pk for search in searches for pk in search.openings.provider_ids or ()})
    are_for_services = any(search.openings.service for search in searches)
    offers = read_offers(providers) if are_for_services else {}
    for search in searches:
        search.ask(providers, offers)
    while under_way := [search for search in searches if not search.is_over]:
        check()
        days = read_days({day for search in under_way for day in search.days})
        for search in under_way:
            check()
            search.look(days)


def dates(since: Place, until: Place) -> list[date]:
    """The days on which something between these places may begin, in order."""
    if since >= until:
        return []
    first, last = instant(since[0]).date(), instant(until[0] - (not until[1])).date()
    return [first + number * DAY for number in range((last - first).days + 1)]


def appointment(provider_id: int, slot: Slot) -> Appointment:
    values = (slot.id, provider_id, instant(slot.starts_at), instant(slot.available_at), False)
    return Appointment.from_db(DEFAULT_DB_ALIAS, FIELDS, values)
