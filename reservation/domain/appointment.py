"""A provider's calendar: offering time, and withdrawing it."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError
from django.db.models import QuerySet

from reservation.domain.caller import Caller
from reservation.domain.command import command
from reservation.domain.errors import Forbidden, NotFound, TooFarAhead
from reservation.domain.expiry import expire
from reservation.domain.permissions import Permission
from reservation.domain.transaction import Conflict
from reservation.domain.validation import check_slots
from reservation.models import Appointment, Provider, Reservation


def appointments_between(*, provider_id: int, starts_at: datetime, ends_at: datetime) -> QuerySet[Appointment]:
    """Everything on a provider's calendar in the half-open interval, in order."""
    return Appointment.objects.filter(provider_id=provider_id).starting_in(starts_at, ends_at).order_by("starts_at")


@command(result=int)
def offer(*, caller: Caller, provider_id: int, starts_at: datetime, ends_at: datetime, now: datetime) -> int:
    """Put every slot of the interval on the provider's calendar; returns how many of them are new.

    Raises NotFound, Forbidden, TooFarAhead, and InvalidInput for an interval that is not a run of future slots.
    """
    policy = settings.RESERVATION_POLICY
    provider = calendar_of(caller=caller, provider_id=provider_id, permission=Permission.OFFER)
    check_slots(starts_at=starts_at, ends_at=ends_at, now=now)
    if ends_at > policy.latest_end(now):
        raise TooFarAhead(policy.offer_horizon)
    existing = set(
        appointments_between(provider_id=provider.pk, starts_at=starts_at, ends_at=ends_at).values_list(
            "starts_at", flat=True
        )
    )
    missing = [
        Appointment(provider=provider, starts_at=slot)
        for slot in policy.starts(starts_at, ends_at)
        if slot not in existing
    ]
    try:
        Appointment.objects.bulk_create(missing)
    except IntegrityError as error:
        raise Conflict from error  # the same time was offered meanwhile: retry
    return len(missing)


@command(result=int)
def withdraw(*, caller: Caller, provider_id: int, starts_at: datetime, ends_at: datetime, now: datetime) -> int:
    """Delete the free appointments of the interval; returns how many. Held and booked ones stay.

    Raises NotFound, Forbidden, and InvalidInput for an interval that is not a run of future slots.
    """
    provider = calendar_of(caller=caller, provider_id=provider_id, permission=Permission.WITHDRAW)
    check_slots(starts_at=starts_at, ends_at=ends_at, now=now)
    calendar = Appointment.objects.filter(provider=provider).starting_in(starts_at, ends_at)
    lapsed = Reservation.objects.lapsed_at(now).filter(
        pk__in=calendar.free_at(now).exclude(reservation=None).values("reservation_id")
    )
    expire(lapsed.values_list("pk", flat=True), now=now)
    withdrawn, _ = calendar.filter(reservation=None).delete()
    return withdrawn


def calendar_of(*, caller: Caller, provider_id: int, permission: Permission) -> Provider:
    """The provider whose calendar the caller may change: its own, or, for staff with this permission, any.

    Raises NotFound, and Forbidden for another provider's.
    """
    provider = Provider.objects.filter(pk=provider_id).first()
    if provider is None:
        raise NotFound("provider", field="provider_id")
    if not caller.is_staff and caller.provider_id != provider.pk:
        raise Forbidden("This is another provider's calendar.", field="provider_id")
    if caller.provider_id != provider.pk:
        caller.require(permission, field="provider_id")
    return provider
