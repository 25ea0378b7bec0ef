"""Adding and changing providers."""

from collections.abc import Collection
from datetime import datetime

from reservation.domain.account import new_account, open_account
from reservation.domain.caller import Caller
from reservation.domain.command import command
from reservation.domain.errors import Forbidden, NotFound
from reservation.domain.permissions import Permission
from reservation.domain.validation import check_fields, set_given
from reservation.models import Provider, Service


@command(result=Provider)
def create_provider(
    *,
    caller: Caller,
    name: str,
    email: str,
    bio: str | None = None,
    time_zone: str | None = None,
    service_ids: Collection[int] | None = None,
    now: datetime,
) -> Provider:
    """Add a provider and its account, which gets its password by a reset; staff only.

    Raises Forbidden, InvalidInput, EmailTaken, and NotFound for a service.
    """
    caller.require(Permission.ADD_PROVIDER)
    user = new_account(email)
    provider = Provider(user=user, name=name, bio=bio or "", created_at=now)
    changed = set_given(provider, time_zone=time_zone)
    check_fields(provider, {"name", "bio", *changed})
    services = services_with(service_ids or ())
    open_account(user)
    provider.save(force_insert=True)
    provider.services.set(services)
    return provider


@command(result=Provider)
def update_provider(
    *,
    caller: Caller,
    provider_id: int,
    name: str | None = None,
    bio: str | None = None,
    time_zone: str | None = None,
    is_active: bool | None = None,
    service_ids: Collection[int] | None = None,
    now: datetime,
) -> Provider:
    """Change what is given; a provider may change how it is shown, staff also its services and whether it is active.

    Raises NotFound for the provider or a service, Forbidden and InvalidInput.
    """
    # Locked, so that two changes of its services do not mix.
    provider = Provider.objects.select_for_update().filter(pk=provider_id).first()
    if provider is None:
        raise NotFound("provider", field="provider_id")
    is_own = caller.provider_id == provider.pk
    if not caller.is_staff and not is_own:
        raise Forbidden("Only the provider itself or staff may change it.", field="provider_id")
    for field, value in (("is_active", is_active), ("service_ids", service_ids)):
        if value is not None and not caller.is_staff:
            raise Forbidden("Only staff may change this.", field=field)
    if not is_own or is_active is not None or service_ids is not None:
        caller.require(Permission.CHANGE_PROVIDER, field="provider_id")
    changed = set_given(provider, name=name, bio=bio, time_zone=time_zone, is_active=is_active)
    check_fields(provider, changed)
    provider.save(update_fields=changed)
    if service_ids is not None:
        provider.services.set(services_with(service_ids))
    return provider


def services_with(service_ids: Collection[int]) -> list[Service]:
    """The services with these ids. Raises NotFound when one does not exist."""
    services = list(Service.objects.filter(pk__in=service_ids))
    if len(services) != len(set(service_ids)):
        raise NotFound("service", field="service_ids")
    return services
