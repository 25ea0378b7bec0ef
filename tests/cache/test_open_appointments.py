"""What is found on the days in Memcached is what the database would answer, whatever happens in between."""

import random
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cache.calendar_days import microseconds
from cache.catalogue import read_services
from cache.open_appointments import Openings, Search, find_openings
from reservation.domain.appointment import offer, withdraw
from reservation.domain.errors import DomainError, InvalidInput
from reservation.domain.provider import update_provider
from reservation.domain.reservation import cancel, confirm, reschedule, reserve
from reservation.domain.service import update_service
from reservation.models import Appointment, Provider, Reservation, Service
from tests.factories import (
    NOW,
    TOMORROW,
    account,
    make_appointments,
    make_client,
    make_provider,
    make_service,
    make_user,
    minutes,
)
from tests.stores import dump_memcached

WEEK = timedelta(days=7)


def kept(openings: Openings, **search: Any) -> list[int]:
    """The ids that are found in Memcached."""
    assert openings.are_kept
    found = Search(openings, **{"size": 1000, **search})
    find_openings([found])
    return [appointment.pk for appointment in found.found]


def in_database(openings: Openings) -> list[int]:
    return list(openings.in_database.order_by("starts_at", "pk").values_list("pk", flat=True))


def window(*providers: Provider, now: datetime = NOW, **fields: Any) -> Openings:
    given = {"starts_from": NOW, "starts_before": NOW + WEEK, "service": None, **fields}
    return Openings(now=now, provider_ids=tuple(provider.pk for provider in providers), **given)


def test_what_was_read_once_is_not_read_from_the_database_again(rows: str) -> None:
    service = make_service(duration_minutes=30)
    anna, bert = make_provider(services=(service,)), make_provider()
    make_appointments(anna, number=120)
    make_appointments(bert, number=2)
    for openings in (window(anna), window(anna, bert), window(anna, service=service), window(bert, service=service)):
        expected = in_database(openings)
        assert kept(openings) == expected
        with CaptureQueriesContext(connection) as captured:
            assert kept(openings) == expected
        assert captured.captured_queries == []


def test_a_caller_cannot_fill_memcached_with_keys_of_nothing(rows: str) -> None:
    # Given what is kept of one provider, who has no time at all
    provider = make_provider()
    assert kept(window(provider, starts_from=NOW, starts_before=NOW + timedelta(days=62))) == []
    before = dump_memcached(rows).keys()
    # When somebody asks for providers that there are not, for years to come, and for what is long past
    for number in range(50):
        assert kept(window(Provider(pk=10_000 + number))) == []
        assert read_services([10_000 + number]) == {}
        year = NOW + (number + 1) * timedelta(days=365)
        assert not window(provider, starts_from=year, starts_before=year + WEEK).are_kept
        assert kept(window(provider, starts_from=NOW - number * WEEK, starts_before=NOW + WEEK - number * WEEK)) == []
    # Then nothing more is kept: the provider, the generations and 62 days, all of them from tomorrow on
    assert dump_memcached(rows).keys() - before == set()
    assert len(before) == 1 + 2 + 62


def test_what_is_far_or_of_many_is_asked_of_the_database(rows: str) -> None:
    providers = [make_provider() for _ in range(11)]
    assert window(*providers[:10]).are_kept
    assert not window(*providers).are_kept
    assert not Openings(now=NOW, starts_from=NOW, starts_before=NOW + WEEK).are_kept
    assert not Openings(now=NOW, provider_ids=(providers[0].pk,)).are_kept
    with transaction.atomic():
        assert not window(*providers[:1]).are_kept


def test_an_interval_that_is_none_is_refused_either_way(rows: str) -> None:
    for before in (NOW, NOW - WEEK, NOW + timedelta(days=62, microseconds=1)):
        openings = window(make_provider(), starts_before=before)
        for read in (kept, in_database):
            with pytest.raises(InvalidInput):
                read(openings)


def test_a_page_begins_and_ends_at_places(rows: str) -> None:
    anna, bert = make_provider(), make_provider()
    slots = make_appointments(anna, number=100)
    make_appointments(bert, number=100)
    openings = window(anna, bert)
    everything = in_database(openings)
    assert kept(openings, size=7) == everything[:7]
    place = microseconds(slots[20].starts_at), slots[20].pk
    index = everything.index(slots[20].pk)
    assert kept(openings, since=(place[0], place[1] + 1), size=5) == everything[index + 1 : index + 6]
    assert kept(openings, until=place) == everything[:index]
    assert kept(openings, since=place, until=place) == []


@pytest.mark.parametrize("seed", range(6))
def test_after_whatever_happens_memcached_tells_what_the_database_does(rows: str, seed: int) -> None:
    choose = random.Random(seed)
    services = [make_service(duration_minutes=length) for length in (15, 45, 60)]
    providers = [make_provider(services=tuple(services[: 1 + number])) for number in range(3)]
    for provider in providers:
        make_appointments(provider, starts_at=TOMORROW - timedelta(hours=4), number=60)
        make_appointments(provider, starts_at=TOMORROW + timedelta(days=1), number=40)
    staff = account(make_user(is_staff=True, is_superuser=True))
    clients = [make_client() for _ in range(4)]
    now, done = NOW, 0

    def slot() -> int:
        return choose.choice(list(Appointment.objects.values_list("pk", flat=True)))

    def reservation() -> int:
        return choose.choice(list(Reservation.objects.values_list("pk", flat=True)) or [0])

    for _ in range(40):
        now += minutes(choose.choice((0, 1, 10, 20)))
        start = TOMORROW + timedelta(days=choose.randrange(3), hours=choose.randrange(8))
        provider, hours = choose.choice(providers), {"starts_at": start, "ends_at": start + timedelta(hours=2)}
        client, offered = choose.choice(clients), choose.choice(services)
        some, often = [one.pk for one in choose.sample(services, 2)], choose.random() < 0.7
        change, given = choose.choice(
            [
                (reserve, {"appointment_id": slot(), "client_id": client.pk, "service_id": offered.pk}),
                (reserve, {"appointment_id": slot(), "client_id": client.pk}),
                (confirm, {"reservation_id": reservation()}),
                (cancel, {"reservation_id": reservation()}),
                (reschedule, {"reservation_id": reservation(), "appointment_id": slot()}),
                (offer, {"provider_id": provider.pk, **hours}),
                (withdraw, {"provider_id": provider.pk, **hours}),
                (update_provider, {"provider_id": provider.pk, "is_active": often}),
                (update_provider, {"provider_id": provider.pk, "service_ids": some}),
                (update_service, {"service_id": offered.pk, "is_active": often}),
            ]
        )
        with suppress(DomainError):
            change(caller=staff, now=now, **given)
            done += 1
        service = choose.choice([None, *services])
        service = service and Service.objects.get(pk=service.pk)
        openings = window(*choose.sample(providers, choose.randint(1, 3)), now=now, service=service)
        assert kept(openings) == in_database(openings)
    assert done > 10
