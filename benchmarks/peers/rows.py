"""The querysets of the peers that use Django's ORM."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, prefetch_related_objects
from django.utils import timezone

from reservation.models import Appointment, Provider

LEAD_TIME = timedelta(hours=24)
CALENDAR = "open_slots"
"""The attribute in which Django's prefetch stores them."""


def open_appointments(starts_from: datetime, starts_before: datetime) -> QuerySet[Appointment]:
    """Returns the appointments that can be reserved in the half-open interval, in order.

    The condition on the provider is a sub-query: beside a covering index, MariaDB reorders a join for it and sorts the
    whole calendar, and a slow peer would flatter this API.
    """
    now = timezone.now()
    return Appointment.objects.filter(
        Subquery(Provider.objects.filter(pk=OuterRef("provider_id")).values("is_active")),
        is_booked=False,
        available_at__lte=now,
        starts_at__gte=max(starts_from, now + LEAD_TIME),
        starts_at__lt=starts_before,
    ).order_by("starts_at", "pk")


def first_providers(first: int) -> QuerySet[Provider]:
    return Provider.objects.by_name()[:first]


def read_calendars(providers: Sequence[Provider], starts_from: datetime, starts_before: datetime, first: int) -> None:
    """Prefetches the first open appointments of each provider, with one statement for all of them."""
    calendars = open_appointments(starts_from, starts_before)[:first]
    prefetch_related_objects(providers, Prefetch("appointments", calendars, to_attr=CALENDAR))


def calendar_of(provider: Provider) -> list[Appointment] | None:
    """Returns the prefetched appointments of this provider; None without a prefetch."""
    return getattr(provider, CALENDAR, None)
