"""Cached providers and services: what is cached, what invalidates it, and what is reported."""

from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cache import catalogue
from cache.catalogue import PROVIDERS, SERVICES, CachedRows
from cache.client import Memcached, cache_at
from cache.generations import GENERATION_TTL_SECONDS, current_generations, pending_invalidations
from reservation.models import Provider
from tests.conftest import CACHES
from tests.factories import make_provider, make_service
from tests.faults.stack import wait_until
from tests.servers import HOST, free_port


def names_of(*providers: Provider) -> list[str]:
    return [provider.name for provider in PROVIDERS.read(provider.pk for provider in providers).values()]


def test_hits_misses_and_errors_are_reported(rows: str, counted: Any, settings: Any) -> None:
    anna, bert = make_provider(), make_provider()
    counted.clear()
    PROVIDERS.read([anna.pk, bert.pk, 10_000])
    assert (counted.pop("catalogue"), counted.pop("generations")) == ([0, 3, 0], [1, 0, 0])
    PROVIDERS.read([anna.pk, bert.pk, 10_000])
    assert (counted.pop("catalogue"), counted.pop("generations")) == ([2, 1, 0], [1, 0, 0])
    settings.CACHES = {name: cache_at(f"memcached://{HOST}:{free_port()}", name=name) for name in CACHES}
    assert len(PROVIDERS.read([anna.pk, bert.pk])) == 2
    assert (counted["generations"][:2], counted["generations"][2] > 0, "catalogue" in counted) == ([0, 0], True, False)


def test_every_change_invalidates_the_cached_rows(rows: str) -> None:
    service = make_service(name="Cutting")
    provider = make_provider(name="Anna")
    assert names_of(provider) == ["Anna"]
    Provider(pk=provider.pk, user=provider.user, name="Berta", created_at=provider.created_at).save()
    assert names_of(provider) == ["Berta"]
    before = current_generations(["catalogue"])
    provider.services.add(service)
    assert current_generations(["catalogue"]) != before
    assert SERVICES.read([service.pk])[service.pk].name == "Cutting"
    pk = service.pk
    service.delete()
    assert SERVICES.read([pk]) == {}


def test_a_change_that_is_rolled_back_invalidates_nothing(rows: str) -> None:
    provider = make_provider(name="Anna")
    before = current_generations(["catalogue"])
    with transaction.atomic():
        provider.save()
        transaction.set_rollback(True)
    assert current_generations(["catalogue"]) == before
    provider.save()
    assert current_generations(["catalogue"]) != before


def test_in_a_transaction_rows_come_from_the_database_and_are_not_cached(rows: str) -> None:
    provider = make_provider(name="Anna")
    assert names_of(provider) == ["Anna"]
    with transaction.atomic():
        Provider.objects.filter(pk=provider.pk).update(name="Not committed")
        assert names_of(provider) == ["Not committed"]
        transaction.set_rollback(True)
    assert names_of(provider) == ["Anna"]


def test_a_cached_row_has_the_public_fields_and_defers_the_others(rows: str) -> None:
    provider = make_provider(name="Anna", bio="A few words", time_zone="Europe/Berlin", is_active=False)
    for _ in range(2):
        (cached,) = PROVIDERS.read([provider.pk]).values()
        assert cached.get_deferred_fields() == {"user_id", "folded_name", "created_at"}
        assert (cached, cached.name, cached.bio, cached.time_zone) == (provider, "Anna", "A few words", "Europe/Berlin")
        assert (cached.is_active, cached.user_id) == (False, provider.user_id)


def test_a_row_that_changed_while_memcached_was_unavailable_is_invalidated_when_it_is_back(
    rows: str, settings: Any
) -> None:
    # Given a row that is cached in a Memcached which is unavailable while the row is changed
    provider = make_provider(name="Anna")
    assert names_of(provider) == ["Anna"]
    unavailable = f"memcached://{HOST}:{free_port()}"
    settings.CACHES = {name: cache_at(unavailable, name=name) for name in CACHES}
    Provider(pk=provider.pk, user=provider.user, name="Berta", created_at=provider.created_at).save()
    assert names_of(provider) == ["Berta"]
    # When it is available again
    settings.CACHES = {name: cache_at(rows, name=name) for name in CACHES}
    # Then its outdated row is not used, before and after it is invalidated
    assert names_of(provider) == ["Berta"]
    wait_until(lambda: not pending_invalidations())
    assert names_of(provider) == ["Berta"]
    generation = current_generations(["catalogue"])["catalogue"]
    assert caches["catalogue"].get(PROVIDERS.key(generation, provider.pk))


@pytest.mark.parametrize("response_seconds", [0, 2.5, 5, 9.9, 10, 600])
def test_a_row_and_a_response_made_of_it_live_for_ten_seconds_together(
    response_seconds: float, rows: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GRAPHQL_RESPONSE_CACHE_SECONDS = response_seconds
    ttls: list[int] = []
    write = Memcached.set_many

    def set_many(self: Memcached, data: Any, timeout: int, **options: Any) -> list[str]:
        ttls.append(timeout)
        return write(self, data, timeout, **options)

    monkeypatch.setattr(Memcached, "set_many", set_many)
    for _ in range(20):
        names_of(make_provider())
    row_ttls = [ttl for ttl in ttls if ttl != GENERATION_TTL_SECONDS]
    assert len(row_ttls) == (20 if response_seconds < 9 else 0)
    assert all(0 < ttl + response_seconds <= 10 for ttl in row_ttls)


def test_rows_with_other_fields_have_other_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    assert PROVIDERS.key("g", 7) == CachedRows(Provider).key("g", 7)
    monkeypatch.setattr(catalogue, "public_fields", lambda model: ("id", "name"))
    assert PROVIDERS.key("g", 7) != CachedRows(Provider).key("g", 7)


def test_without_memcached_nothing_is_cached(transactional_db: None, counted: Any) -> None:
    provider = make_provider()
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            PROVIDERS.read([provider.pk])
        assert len(captured.captured_queries) == 1
    assert counted == {}
