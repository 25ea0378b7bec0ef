"""Calendars of their own for the tests of freshness, and what their readers ask for."""

import random
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faults.api_client import ApiClient, Request
from tests.faults.history import Key, Read

SLOTS = 10
"""How many slots each calendar has, in a row."""

SLOT = timedelta(minutes=15)
REQUESTS_PER_CONNECTION = 10
"""A connection stays with one process of the application: readers take new ones, so that they meet all."""

OPEN = """query($from: DateTime!, $before: DateTime!, $of: [ID!], $service: ID) {
  openAppointments(
    filter: {startsFrom: $from, startsBefore: $before, providerIds: $of, serviceId: $service}, first: 100
  ) { nodes { id startsAt provider { id } } }
}"""
NAME = "query($id: ID!) { provider(id: $id) { name } }"


@dataclass(frozen=True)
class Writable:
    """What one writer changes: two calendars, their providers' tokens, and its clients' tokens."""

    providers: list[str]
    provider_tokens: list[str]
    client_tokens: list[str]


@dataclass(frozen=True)
class Calendars:
    """All calendars are in one window, in which nobody else has time."""

    start: str
    service: str
    writable: list[Writable]
    name: str

    def instant(self, slot: int) -> str:
        return (datetime.fromisoformat(self.start) + slot * SLOT).isoformat()

    def slot(self, starts_at: str) -> int:
        return (datetime.fromisoformat(starts_at) - datetime.fromisoformat(self.start)) // SLOT

    def window(self, providers: list[str] | None = None, service: str | None = None) -> dict[str, Any]:
        variables = {"from": self.instant(0), "before": self.instant(SLOTS), "of": providers, "service": service}
        return {name: value for name, value in variables.items() if value is not None}

    @property
    def providers(self) -> list[str]:
        return [provider for one in self.writable for provider in one.providers]

    def initial(self, key: Key) -> Any:
        """The value before any change: every slot is open."""
        return self.name if key[1] == "name" else True

    def shown_open(self, request: Request, providers: list[str], slots: int = SLOTS) -> dict[Key, Any]:
        """Which slots of these providers are in the response."""
        nodes = request.body["data"]["openAppointments"]["nodes"]
        found = {(node["provider"]["id"], self.slot(node["startsAt"])) for node in nodes}
        return {(provider, slot): (provider, slot) in found for provider in providers for slot in range(slots)}


Send = Callable[..., Request]


def read_all(calendars: Calendars, send: Send) -> tuple[Request, Callable[[], dict[Key, Any]], bool]:
    request = send(OPEN, **calendars.window())
    return request, lambda: calendars.shown_open(request, calendars.providers), False


def read_some(calendars: Calendars, send: Send) -> tuple[Request, Callable[[], dict[Key, Any]], bool]:
    providers = sorted(random.choice(calendars.writable).providers)
    request = send(OPEN, **calendars.window(providers))
    return request, lambda: calendars.shown_open(request, providers), False


def read_runs(calendars: Calendars, send: Send) -> tuple[Request, Callable[[], dict[Key, Any]], bool]:
    request = send(OPEN, **calendars.window(service=calendars.service))
    return request, lambda: calendars.shown_open(request, calendars.providers, SLOTS - 1), True


def read_name(calendars: Calendars, send: Send) -> tuple[Request, Callable[[], dict[Key, Any]], bool]:
    provider = random.choice(calendars.providers)
    request = send(NAME, id=provider)
    return request, lambda: {(provider, "name"): request.body["data"]["provider"]["name"]}, False


READS = (read_all, read_all, read_some, read_some, read_runs, read_name)


def read_until(is_over: Callable[[], bool], calendars: Calendars, port: int, *, by_get: bool) -> list[Read]:
    """Reads by turns until it is over. by_get: as browsers do, by GET with the hash of the document."""
    reads: list[Read] = []
    while not is_over():
        with closing(ApiClient(port)) as api_client:

            def send(document: str, api_client: ApiClient = api_client, **variables: Any) -> Request:
                if by_get:
                    return api_client.read_by_hash(document, **variables)
                return api_client.send("", "POST", "/graphql/", {"query": document, "variables": variables})

            for _ in range(REQUESTS_PER_CONNECTION):
                requested_at = time.monotonic()
                request, shown, is_runs = random.choice(READS)(calendars, send)
                received_at = time.monotonic()
                if not request.failed:
                    reads.append(Read(requested_at, received_at, shown(), is_runs))
                time.sleep(random.uniform(0, 0.01))
    return reads


def create_calendars(token_of: Callable[[Any], str], writers: int) -> dict[str, Any]:
    """Creates calendars for this many writers, each with two. Runs with the application's settings.

    token_of: returns an access token of a client or a provider.
    """
    import uuid

    from django.utils import timezone

    from api.types.ids import to_global_id
    from reservation.models import Appointment
    from tests.factories import make_appointments, make_client, make_provider, make_service, make_user

    def new_user() -> Any:
        return make_user(email=f"{uuid.uuid4().hex}@example.com")

    latest = Appointment.objects.order_by("starts_at").values_list("starts_at", flat=True).last() or timezone.now()
    start = (latest + timedelta(days=5)).astimezone(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    name = uuid.uuid4().hex
    service = make_service(name=name, duration_minutes=30)
    writable = []
    for _ in range(writers):
        providers = [make_provider(user=new_user(), name=name, services=(service,)) for _ in range(2)]
        for provider in providers:
            make_appointments(provider, starts_at=start, number=SLOTS)
        writable.append(
            {
                "providers": [to_global_id("Provider", provider.pk) for provider in providers],
                "provider_tokens": [token_of(provider) for provider in providers],
                "client_tokens": [token_of(make_client(user=new_user())) for _ in range(6)],
            }
        )
    service_id = to_global_id("Service", service.pk)
    return {"start": start.isoformat(), "service": service_id, "name": name, "writable": writable}


def calendars_from(created: dict[str, Any]) -> Calendars:
    return Calendars(**{**created, "writable": [Writable(**one) for one in created["writable"]]})
