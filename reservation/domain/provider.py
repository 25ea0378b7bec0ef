"""Who offers time."""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError
from django.db.models import QuerySet

from reservation.domain.caller import Caller
from reservation.domain.command import command
from reservation.domain.errors import DomainError, Forbidden, NotFound
from reservation.domain.validation import check_fields, check_search, set_given
from reservation.models import Provider, Service, User
from reservation.models.user import normalise_email


class EmailTaken(DomainError):
    """There is an account with this address."""

    code = "EMAIL_TAKEN"

    def __init__(self) -> None:
        super().__init__("There is an account with this address already.", field="email")


def find_providers(
    *, search: str | None = None, service_id: int | None = None, is_active: bool | None = None
) -> QuerySet[Provider]:
    """Those whose name contains the text, who offer the service, whose time can be reserved or not; unordered.

    Raises InvalidInput for a search that is too long.
    """
    check_search(search)
    conditions = {"name__icontains": search, "services": service_id, "is_active": is_active}
    return Provider.objects.filter(**{lookup: value for lookup, value in conditions.items() if value is not None})


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
    caller.require_staff()
    user = User(email=normalise_email(email))
    check_fields(user, {"email"})
    provider = Provider(user=user, name=name, bio=bio or "", created_at=now)
    changed = set_given(provider, time_zone=time_zone)
    check_fields(provider, {"name", "bio", *changed})
    services = services_with(service_ids or ())
    if User.objects.filter(email=user.email).exists():
        raise EmailTaken
    user.set_unusable_password()
    try:
        user.save(force_insert=True)
    except IntegrityError as error:
        raise EmailTaken from error
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
    """Change what is given; the provider itself may say how it is shown, staff also what it offers and whether.

    Raises NotFound, Forbidden, InvalidInput, and NotFound for a service.
    """
    provider = Provider.objects.filter(pk=provider_id).first()
    if provider is None:
        raise NotFound("provider", field="provider_id")
    if not caller.is_staff and caller.provider_id != provider.pk:
        raise Forbidden("Only the provider itself or staff may change it.", field="provider_id")
    for field, value in (("is_active", is_active), ("service_ids", service_ids)):
        if value is not None and not caller.is_staff:
            raise Forbidden("Only staff may change this.", field=field)
    changed = set_given(provider, name=name, bio=bio, time_zone=time_zone, is_active=is_active)
    check_fields(provider, changed)
    provider.save(update_fields=changed)
    if service_ids is not None:
        provider.services.set(services_with(service_ids))
    return provider


def services_with(service_ids: Collection[int]) -> list[Service]:
    """The services with these ids. Raises NotFound when there is one less."""
    services = list(Service.objects.filter(pk__in=service_ids))
    if len(services) != len(set(service_ids)):
        raise NotFound("service", field="service_ids")
    return services
