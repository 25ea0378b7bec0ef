"""Objects as the domain creates them, with a default for each field that a test does not name."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.conf import settings

from reservation.domain.caller import Caller, find_caller
from reservation.domain.client import register_client
from reservation.domain.reservation import confirm, reserve
from reservation.models import Appointment, Client, Provider, Reservation, Service, User

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
"""The current time in tests: a Tuesday, far from any change to or from daylight saving time."""

TOMORROW = NOW + timedelta(days=1)
"""The earliest start that can be reserved at NOW."""

_numbers = count(1)


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def make_user(**fields: Any) -> User:
    fields.setdefault("email", f"person{next(_numbers)}@example.com")
    return User.objects.create_user(**fields)


def make_client(**fields: Any) -> Client:
    user = fields.pop("user", None) or make_user()
    return register_client(user=user, name=fields.pop("name", "Some Client"), now=NOW, **fields)


def make_provider(*, services: tuple[Service, ...] = (), **fields: Any) -> Provider:
    user = fields.pop("user", None) or make_user()
    provider = Provider.objects.create(user=user, created_at=NOW, **{"name": "Some Provider", **fields})
    provider.services.set(services)
    return provider


def make_service(**fields: Any) -> Service:
    return Service.objects.create(created_at=NOW, **{"name": "Some Service", "duration_minutes": 15, **fields})


def make_appointments(provider: Provider, *, starts_at: datetime = TOMORROW, number: int = 1) -> list[Appointment]:
    """Consecutive open appointments."""
    slots = [Appointment(provider=provider, starts_at=starts_at + minutes(15 * place)) for place in range(number)]
    Appointment.objects.bulk_create(slots)
    return list(Appointment.objects.filter(provider=provider, starts_at__gte=starts_at).order_by("starts_at")[:number])


def account(user: User) -> Caller:
    """The caller with this account."""
    found = find_caller(user.pk)
    assert found is not None
    return found


def staff() -> Caller:
    """A member of staff with all permissions."""
    return account(make_user(is_staff=True, is_superuser=True))


def caller(person: Client | Provider) -> Caller:
    """This client or provider as a caller."""
    return account(person.user)


def make_hold(
    *,
    client: Client | None = None,
    provider: Provider | None = None,
    service: Service | None = None,
    starts_at: datetime = TOMORROW,
    now: datetime = NOW,
) -> Reservation:
    """A hold that the client has made for itself, on newly offered appointments."""
    provider = provider or make_provider(services=(service,) if service else ())
    length = settings.RESERVATION_POLICY.run_length(service.duration if service else None)
    first, *_ = make_appointments(provider, starts_at=starts_at, number=length)
    return reserve(
        caller=caller(client or make_client()),
        appointment_id=first.pk,
        service_id=service.pk if service else None,
        now=now,
    )


def make_booking(*, now: datetime = NOW, **fields: Any) -> Reservation:
    """A hold that the client has confirmed at once."""
    hold = make_hold(now=now, **fields)
    return confirm(caller=caller(hold.client), reservation_id=hold.pk, now=now)
