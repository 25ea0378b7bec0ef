"""Invalidates cached data when a change is committed, from wherever: signal receivers, and names of generations."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models.signals import m2m_changed, post_delete, post_save

from cache.catalogue import invalidate_catalogue
from cache.generations import ALL_CALENDARS, invalidate
from reservation.domain.signals import calendars_changed, catalogue_changed, send_catalogue_changed
from reservation.models import Provider, Service


def calendar_generation(provider_id: int) -> str:
    """Returns the name of the generation that changes with this provider's calendar."""
    return f"calendar:{provider_id}"


def invalidate_calendars(provider_ids: Iterable[int]) -> None:
    """Invalidates what was cached of these providers' calendars, and of all calendars together."""
    invalidate([*map(calendar_generation, provider_ids), ALL_CALENDARS])


def connect_receivers() -> None:
    """Connects the receivers of signals."""
    calendars_changed.connect(on_calendars_changed)
    catalogue_changed.connect(on_catalogue_changed)
    for changed in (post_save, post_delete):
        for model in (Provider, Service):
            changed.connect(on_row_changed, sender=model)
    m2m_changed.connect(on_row_changed, sender=Provider.services.through)


def on_calendars_changed(provider_ids: frozenset[int], **_: Any) -> None:
    if settings.MEMCACHED_URL:
        invalidate_calendars(provider_ids)


def on_catalogue_changed(**_: Any) -> None:
    if settings.MEMCACHED_URL:
        invalidate_catalogue()


def on_row_changed(using: str, **_: Any) -> None:
    send_catalogue_changed(using)
