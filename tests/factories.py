"""Objects as the domain would make them, with a word for each thing that a test does not care about."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from reservation.domain.caller import Caller, caller_for
from reservation.domain.client import register_client
from reservation.models import Appointment, Client, Provider, Service, User

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
"""When tests happen: a Tuesday, far from any change of clocks."""

TOMORROW = NOW + timedelta(days=1)
"""The first instant that can be reserved at NOW."""

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
    """Open appointments, one after the other."""
    slots = [Appointment(provider=provider, starts_at=starts_at + minutes(15 * place)) for place in range(number)]
    Appointment.objects.bulk_create(slots)
    return list(Appointment.objects.filter(provider=provider, starts_at__gte=starts_at).order_by("starts_at")[:number])


def staff() -> Caller:
    return caller_for(make_user(is_staff=True))


def caller(person: Client | Provider) -> Caller:
    """Who asks, when this client or provider does."""
    return caller_for(User.objects.select_related("client", "provider").get(pk=person.user_id))
