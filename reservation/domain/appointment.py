"""A provider's calendar: offering time, taking it back, and what of it can be reserved."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.lookups import In, IsNull

from reservation.domain.caller import Caller
from reservation.domain.command import command
from reservation.domain.errors import Forbidden, NotFound
from reservation.domain.expiry import expire
from reservation.domain.permissions import Permission
from reservation.domain.signals import send_calendars_changed
from reservation.domain.transaction import Conflict
from reservation.domain.validation import check_interval, check_slots
from reservation.models import Appointment, Provider, Reservation, Service


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


def is_open(appointment: Appointment, *, provider: Provider, now: datetime) -> bool:
    """Whether this appointment of the provider can be reserved right now, by itself."""
    return (
        appointment.is_free_at(now)
        and appointment.starts_at >= settings.RESERVATION_POLICY.earliest_start(now)
        and provider.is_active
    )


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


def appointments_between(*, provider_id: int, starts_at: datetime, ends_at: datetime) -> QuerySet[Appointment]:
    """Everything on a provider's calendar in the half-open interval, in order."""
    return Appointment.objects.filter(provider_id=provider_id).starting_in(starts_at, ends_at).order_by("starts_at")


@command(result=int)
def offer(*, caller: Caller, provider_id: int, starts_at: datetime, ends_at: datetime, now: datetime) -> int:
    """Put every slot of the interval on the provider's calendar; answers how many were not there yet.

    Raises NotFound, Forbidden, and InvalidInput for an interval that is no run of future appointments.
    """
    provider = calendar_of(caller=caller, provider_id=provider_id, permission=Permission.OFFER)
    check_slots(starts_at=starts_at, ends_at=ends_at, now=now)
    there = set(
        appointments_between(provider_id=provider.pk, starts_at=starts_at, ends_at=ends_at).values_list(
            "starts_at", flat=True
        )
    )
    missing = [
        Appointment(provider=provider, starts_at=slot)
        for slot in settings.RESERVATION_POLICY.starts(starts_at, ends_at)
        if slot not in there
    ]
    try:
        Appointment.objects.bulk_create(missing)
    except IntegrityError as error:
        raise Conflict from error  # someone offered the same time meanwhile: look again
    send_calendars_changed({provider.pk})
    return len(missing)


@command(result=int)
def withdraw(*, caller: Caller, provider_id: int, starts_at: datetime, ends_at: datetime, now: datetime) -> int:
    """Take back what is open in the interval; answers how many appointments that were. Held and booked ones stay.

    Raises NotFound, Forbidden, and InvalidInput for an interval that is no run of future appointments.
    """
    provider = calendar_of(caller=caller, provider_id=provider_id, permission=Permission.WITHDRAW)
    check_slots(starts_at=starts_at, ends_at=ends_at, now=now)
    calendar = Appointment.objects.filter(provider=provider).starting_in(starts_at, ends_at)
    lapsed = Reservation.objects.lapsed_at(now).filter(
        pk__in=calendar.free_at(now).exclude(reservation=None).values("reservation_id")
    )
    expire(lapsed.values_list("pk", flat=True), now=now)
    withdrawn, _ = calendar.filter(reservation=None).delete()
    send_calendars_changed({provider.pk})
    return withdrawn


def calendar_of(*, caller: Caller, provider_id: int, permission: Permission) -> Provider:
    """The provider whose calendar the caller may change: its own, or, for staff with this permission, anyone's.

    Raises NotFound, and Forbidden when it is somebody else's.
    """
    provider = Provider.objects.filter(pk=provider_id).first()
    if provider is None:
        raise NotFound("provider", field="provider_id")
    if not caller.is_staff and caller.provider_id != provider.pk:
        raise Forbidden("This is another provider's calendar.", field="provider_id")
    if caller.provider_id != provider.pk:
        caller.require(permission, field="provider_id")
    return provider
