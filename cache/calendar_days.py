"""Providers' days: every appointment of a day that is not booked."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from cache.cached_rows import Rows
from cache.generations import COLLECTIVE, invalidate
from reservation.models import Appointment
from reservation.policy import EPOCH

CACHE = "calendar"
[ANY] = COLLECTIVE
"""The generation that is over as soon as anything changes on any calendar."""

MICROSECOND = timedelta(microseconds=1)


class Day(NamedTuple):
    """A day, in UTC, on a provider's calendar."""

    provider_id: int
    date: date


class Slot(NamedTuple):
    """An appointment; instants are in microseconds since 1970, since most of them are only compared.

    available_at: from when it may be taken. Whether it is held or free, the clock says.
    """

    starts_at: int
    id: int
    available_at: int


def generation(provider_id: int) -> str:
    return f"calendar:{provider_id}"


def is_slot(value: Any) -> bool:
    return isinstance(value, list) and len(value) == len(Slot._fields) and all(type(part) is int for part in value)


DAYS: Rows[Day] = Rows(
    CACHE,
    name=lambda day: f"{day.provider_id}:{day.date.isoformat()}",
    generation=lambda day: generation(day.provider_id),
    is_ours=lambda slots: isinstance(slots, list) and all(map(is_slot, slots)),
)


def read_days(days: Collection[Day]) -> dict[Day, list[Slot]]:
    """What is not booked on each of these days, of providers that there are, in order of start."""
    return {day: [Slot(*slot) for slot in slots] for day, slots in DAYS.read(days, load_days).items()}


def load_days(days: list[Day]) -> dict[Day, list[list[int]]]:
    dates = [day.date for day in days]
    appointments = Appointment.objects.filter(provider_id__in={day.provider_id for day in days}, is_booked=False)
    appointments = appointments.starting_in(midnight(min(dates)), midnight(max(dates)) + timedelta(days=1))
    found: dict[Day, list[list[int]]] = {day: [] for day in days}
    rows = appointments.order_by("starts_at").values_list("provider_id", "id", "starts_at", "available_at")
    for provider_id, pk, starts_at, available_at in rows:
        day = Day(provider_id, starts_at.date())
        if day in found:
            found[day].append([microseconds(starts_at), pk, microseconds(available_at)])
    return found


def invalidate_calendars(provider_ids: Iterable[int]) -> None:
    """What is kept of these providers' days is over.

    That of any calendar comes last: whoever has read its new one finds nothing older on anybody's days.
    """
    invalidate(map(generation, provider_ids))
    invalidate([ANY])


def microseconds(instant: datetime) -> int:
    return (instant - EPOCH) // MICROSECOND


def instant(microseconds: int) -> datetime:
    return EPOCH + microseconds * MICROSECOND


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
