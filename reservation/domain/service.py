"""Adding and changing services."""

from datetime import datetime, timedelta

from django.conf import settings

from reservation.domain.caller import Caller
from reservation.domain.command import command
from reservation.domain.errors import InvalidInput, NotFound
from reservation.domain.permissions import Permission
from reservation.domain.validation import check_fields, set_given
from reservation.models import Service


@command(result=Service)
def create_service(
    *, caller: Caller, name: str, description: str | None = None, duration_minutes: int, now: datetime
) -> Service:
    """Add a service; staff only. Raises Forbidden and InvalidInput."""
    caller.require(Permission.ADD_SERVICE)
    service = Service(name=name, description=description or "", duration_minutes=duration_minutes, created_at=now)
    check_service(service, {"name", "description", "duration_minutes"})
    service.save(force_insert=True)
    return service


@command(result=Service)
def update_service(
    *,
    caller: Caller,
    service_id: int,
    name: str | None = None,
    description: str | None = None,
    duration_minutes: int | None = None,
    is_active: bool | None = None,
    now: datetime,
) -> Service:
    """Change what is given; staff only. What is reserved already keeps its length.

    Raises Forbidden, NotFound and InvalidInput.
    """
    caller.require(Permission.CHANGE_SERVICE)
    service = Service.objects.filter(pk=service_id).first()
    if service is None:
        raise NotFound("service", field="service_id")
    changed = set_given(
        service, name=name, description=description, duration_minutes=duration_minutes, is_active=is_active
    )
    check_service(service, changed)
    service.save(update_fields=changed)
    return service


def check_service(service: Service, changed: set[str]) -> None:
    """Raise InvalidInput for what the model refuses, and for a duration that no run of appointments fills."""
    policy = settings.RESERVATION_POLICY
    if not timedelta(0) < service.duration <= policy.max_service_length or service.duration % policy.appointment_length:
        raise InvalidInput(
            f"A duration is a multiple of {policy.appointment_minutes} minutes, "
            f"at most {policy.max_service_length // timedelta(minutes=1)}.",
            field="duration_minutes",
        )
    check_fields(service, changed)
