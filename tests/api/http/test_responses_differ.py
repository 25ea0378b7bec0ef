"""After any sequence of changes, a cached response equals the response without the cache."""

import random
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cache import responses
from reservation.domain.appointment import offer, withdraw
from reservation.domain.errors import DomainError
from reservation.domain.provider import update_provider
from reservation.domain.reservation import cancel, confirm, reschedule, reserve
from reservation.domain.service import update_service
from reservation.models import Appointment, Reservation
from tests.cache.conftest import Count, counted
from tests.conftest import Post
from tests.factories import make_appointments, make_client, make_provider, make_service, staff
from tests.practice import gid

__all__ = ["counted"]

OPEN = """query($of: [ID!], $for: ID, $from: DateTime!, $before: DateTime!) {
  openAppointments(filter: {providerIds: $of, serviceId: $for, startsFrom: $from, startsBefore: $before}, first: 30) {
    totalCount nodes { id startsAt isOpen provider { name isActive } } } }"""
OF_PROVIDER = """query($id: ID!, $from: DateTime!, $before: DateTime!) { provider(id: $id) { name bio
  services { nodes { name } } openAppointments(startsFrom: $from, startsBefore: $before) { nodes { id } } } }"""
OF_OTHERS = """query($id: ID!, $from: DateTime!, $before: DateTime!) { service(id: $id) { name providers(first: 3) {
  nodes { name openAppointments(first: 5, startsFrom: $from, startsBefore: $before) { nodes { id } } } } } }"""
NEXT = "query($of: [ID!], $for: ID) { nextOpenAppointment(providerIds: $of, serviceId: $for) { id provider { name } } }"
ONE = "query($id: ID!) { appointment(id: $id) { id isOpen provider { isActive } } }"
CATALOGUE = "{ providers { nodes { name bio services { nodes { name } } } } services { nodes { name isActive } } }"


@pytest.mark.parametrize("seed", range(2))
def test_a_cached_response_equals_the_response_without_the_cache(
    rows: str, post: Post, settings: Any, counted: Count, seed: int
) -> None:
    choose = random.Random(seed)
    settings.GRAPHQL_RESPONSE_CACHE_SECONDS = 600
    now = timezone.now()
    morning = now.replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=3)
    services = [make_service(duration_minutes=length) for length in (15, 45)]
    providers = [make_provider(services=tuple(services[: 1 + number])) for number in range(2)]
    for provider in providers:
        make_appointments(provider, starts_at=morning, number=20)
    caller, clients = staff(), [make_client() for _ in range(3)]
    week = {"from": morning.isoformat(), "before": (morning + timedelta(days=7)).isoformat()}
    ids = [gid(provider) for provider in providers]
    requests: list[tuple[str, dict[str, Any]]] = [
        (CATALOGUE, {}),
        (OPEN, week),
        *((OPEN, {"of": [one], **week}) for one in ids),
        (OPEN, {"of": ids, "for": gid(services[1]), **week}),
        *((OF_PROVIDER, {"id": one, **week}) for one in ids),
        (OF_OTHERS, {"id": gid(services[0]), **week}),
        (NEXT, {}),
        *((NEXT, {"of": [one]}) for one in ids),
        (ONE, {"id": gid(Appointment.objects.order_by("pk").first() or services[0])}),
    ]

    def body_of(query: str, variables: dict[str, Any]) -> bytes:
        response = post({"query": query, "variables": variables})
        assert "errors" not in response.json()
        return bytes(response.content)

    def without_cache(query: str, variables: dict[str, Any]) -> bytes:
        url, settings.MEMCACHED_URL = settings.MEMCACHED_URL, ""
        try:
            return body_of(query, variables)
        finally:
            settings.MEMCACHED_URL = url

    def some(model: Any) -> int:
        return choose.choice(list(model.objects.values_list("pk", flat=True)) or [0])

    done = 0
    for step in range(25):
        start = morning + timedelta(hours=choose.randrange(5))
        provider, hours = choose.choice(providers), {"starts_at": start, "ends_at": start + timedelta(hours=1)}
        client, often = choose.choice(clients), choose.random() < 0.7
        change, given = choose.choice(
            [
                (reserve, {"appointment_id": some(Appointment), "client_id": client.pk}),
                (reserve, {"appointment_id": some(Appointment), "client_id": client.pk, "service_id": services[1].pk}),
                (confirm, {"reservation_id": some(Reservation)}),
                (cancel, {"reservation_id": some(Reservation)}),
                (reschedule, {"reservation_id": some(Reservation), "appointment_id": some(Appointment)}),
                (offer, {"provider_id": provider.pk, **hours}),
                (withdraw, {"provider_id": provider.pk, **hours}),
                (update_provider, {"provider_id": provider.pk, "is_active": often, "bio": str(step)}),
                (update_provider, {"provider_id": provider.pk, "service_ids": [choose.choice(services).pk]}),
                (update_service, {"service_id": choose.choice(services).pk, "name": f"Service {step}"}),
            ]
        )
        with suppress(DomainError):
            change(caller=caller, now=now, **given)  # type: ignore[operator]
            done += 1
        for query, variables in choose.sample(requests, 3):
            assert body_of(query, variables) == without_cache(query, variables), (
                step,
                change.__name__,
                query,
                variables,
            )
    hits, misses, _errors = counted[responses.CACHE]
    assert min(done, hits, misses) > 5
