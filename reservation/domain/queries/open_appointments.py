"""Open appointments: what can be reserved right now."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.lookups import In, IsNull

from reservation.domain.validation import check_interval
from reservation.models import Appointment, Provider, Service


def open_appointments(
    *,
    now: datetime,
    starts_from: datetime | None = None,
    starts_before: datetime | None = None,
    provider_ids: Collection[int] | None = None,
    service: Service | None = None,
) -> QuerySet[Appointment]:
    """What can be reserved right now, of these providers, for this service; unordered.

    For a service that takes several appointments these are the ones that a run of open ones starts with.
    Raises InvalidInput for an interval that ends before it starts or is too long.
    """
    fixed, conditions = conditions_of_openings(
        now=now, starts_from=starts_from, starts_before=starts_before, provider_ids=provider_ids, service=service
    )
    return openings(**fixed, **conditions)


def conditions_of_openings(
    *,
    now: datetime,
    starts_from: datetime | None,
    starts_before: datetime | None,
    provider_ids: Collection[int] | None,
    service: Service | None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `openings` asks of an appointment, so that it can be reserved right now: first what its text depends on.

    Raises InvalidInput for an interval that ends before it starts or is too long.
    """
    if starts_from is not None and starts_before is not None:
        check_interval(starts_at=starts_from, ends_at=starts_before, ends_field="starts_before")
    policy = settings.RESERVATION_POLICY
    earliest = policy.earliest_start(now)
    run_length = policy.run_length(None if service is None else service.duration)
    return {"run_length": run_length, "slot": policy.appointment_length}, {
        "now": now,
        "starts_from": max(starts_from or earliest, earliest),
        "starts_before": starts_before,
        "provider_ids": () if service is not None and not service.is_active else provider_ids,
        "service_id": None if service is None else service.pk,
    }


def openings(
    *,
    now: datetime,
    starts_from: datetime,
    starts_before: datetime | None,
    provider_ids: Collection[int] | None,
    service_id: int | None,
    run_length: int,
    slot: timedelta,
) -> QuerySet[Appointment]:
    """Free appointments in the interval, with which a run of free ones begins. It looks at no value but the run's and
    the slot's length, and at which others there are, so that it can be written once."""
    found = Appointment.objects.free_at(now).starting_in(starts_from, starts_before)
    if provider_ids is not None:
        found = found.filter(In(F("provider_id"), provider_ids))  # provider_id__in takes nothing but numbers
    found = found.filter(is_there(Provider.objects.filter(pk=OuterRef("provider_id"), is_active=True)))
    if service_id is None:
        return found
    return starting_run(found, service_id=service_id, length=run_length, slot=slot, now=now)


def starting_run(
    appointments: QuerySet[Appointment], *, service_id: int, length: int, slot: timedelta, now: datetime
) -> QuerySet[Appointment]:
    """Those from which a whole run of this length is free, of providers who offer the service.

    One look-up by the unique key for each further appointment: a page costs as much as it shows, where a window
    function would number the whole calendar first.
    """
    offers = Provider.services.through.objects.filter(provider_id=OuterRef("provider_id"), service_id=service_id)
    following = Appointment.objects.free_at(now).filter(provider_id=OuterRef("provider_id"))
    return appointments.filter(
        is_there(offers),
        *(is_there(following.filter(starts_at=OuterRef("starts_at") + step * slot)) for step in range(1, length)),
    )


def is_there(row: QuerySet[Any]) -> IsNull:
    """Whether there is such a row; at most one may match.

    EXISTS would say the same, but MySQL and MariaDB make a join of it, and then sort the whole calendar.
    """
    return IsNull(Subquery(row.values("pk")), False)
