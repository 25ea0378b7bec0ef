"""What is kept, when it is over, and what is told of it."""

import os
import time
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cache import catalogue
from cache.catalogue import PROVIDERS, read_providers, read_services, rows_of
from cache.client import cache_at
from cache.connection import _retry_at
from cache.generations import current_generations
from reservation.models import Provider
from tests.conftest import CACHES
from tests.factories import make_provider, make_service
from tests.servers import HOST, free_port


def names_of(*providers: Provider) -> list[str]:
    return [provider.name for provider in read_providers(provider.pk for provider in providers).values()]


def test_hits_misses_and_errors_are_told(rows: str, counted: Any, settings: Any) -> None:
    anna, bert = make_provider(), make_provider()
    counted.clear()
    read_providers([anna.pk, bert.pk, 10_000])
    assert (counted.pop("catalogue"), counted.pop("generations")) == ([0, 3, 0], [1, 0, 0])
    read_providers([anna.pk, bert.pk, 10_000])
    assert (counted.pop("catalogue"), counted.pop("generations")) == ([2, 1, 0], [1, 0, 0])
    settings.CACHES = {name: cache_at(f"memcached://{HOST}:{free_port()}", name=name) for name in CACHES}
    assert len(read_providers([anna.pk, bert.pk])) == 2
    assert (counted["generations"][:2], counted["generations"][2] > 0, "catalogue" in counted) == ([0, 0], True, False)


def test_a_change_ends_what_is_kept_whoever_makes_it(rows: str) -> None:
    service = make_service(name="Cutting")
    provider = make_provider(name="Anna")
    assert names_of(provider) == ["Anna"]
    Provider(pk=provider.pk, user=provider.user, name="Berta", created_at=provider.created_at).save()
    assert names_of(provider) == ["Berta"]
    before = current_generations(["catalogue"])
    provider.services.add(service)
    assert current_generations(["catalogue"]) != before
    assert read_services([service.pk])[service.pk].name == "Cutting"
    pk = service.pk
    service.delete()
    assert read_services([pk]) == {}


def test_what_is_rolled_back_ends_nothing(rows: str) -> None:
    provider = make_provider(name="Anna")
    before = current_generations(["catalogue"])
    with transaction.atomic():
        provider.save()
        transaction.set_rollback(True)
    assert current_generations(["catalogue"]) == before
    provider.save()
    assert current_generations(["catalogue"]) != before


def test_within_a_transaction_the_database_is_asked_and_nothing_is_kept(rows: str) -> None:
    provider = make_provider(name="Anna")
    assert names_of(provider) == ["Anna"]
    with transaction.atomic():
        Provider.objects.filter(pk=provider.pk).update(name="Not committed")
        assert names_of(provider) == ["Not committed"]
        transaction.set_rollback(True)
    assert names_of(provider) == ["Anna"]


def test_a_row_that_is_kept_has_what_is_public_and_reads_the_rest(rows: str) -> None:
    provider = make_provider(name="Anna", bio="A few words", time_zone="Europe/Berlin", is_active=False)
    for _ in range(2):
        (kept,) = read_providers([provider.pk]).values()
        assert kept.get_deferred_fields() == {"user_id", "created_at"}
        assert (kept, kept.name, kept.bio, kept.time_zone) == (provider, "Anna", "A few words", "Europe/Berlin")
        assert (kept.is_active, kept.user_id) == (False, provider.user_id)


def test_what_could_not_be_ended_is_ended_before_anything_is_read(rows: str, settings: Any) -> None:
    # Given a row that is kept in a Memcached that cannot be reached while the row is changed
    provider = make_provider(name="Anna")
    assert names_of(provider) == ["Anna"]
    away = f"memcached://{HOST}:{free_port()}"
    settings.CACHES = {name: cache_at(away, name=name) for name in CACHES}
    Provider(pk=provider.pk, user=provider.user, name="Berta", created_at=provider.created_at).save()
    assert names_of(provider) == ["Berta"]
    # When it is there again
    settings.CACHES = {name: cache_at(rows, name=name) for name in CACHES}
    # Then what it has is not believed
    assert names_of(provider) == ["Berta"]
    assert caches["catalogue"].get_many(
        [f"{current_generations(['catalogue'])['catalogue']}:{PROVIDERS.name(provider.pk)}"]
    )


def test_a_change_is_told_to_a_memcached_that_has_failed_a_moment_ago(rows: str, settings: Any) -> None:
    # Given a row that others can read in a Memcached that this process does not ask, since it was slow
    provider = make_provider(name="Anna")
    assert names_of(provider) == ["Anna"]
    before = current_generations(["catalogue"])
    server = (os.getpid(), str((HOST, int(rows.rpartition(":")[2]))))
    _retry_at[server] = time.monotonic() + 600
    try:
        assert current_generations(["catalogue"]) == {}
        # When the row is changed
        provider.name = "Berta"
        provider.save()
        # Then it is asked again, and they are told
        assert current_generations(["catalogue"]).keys() == {"catalogue"}
        assert current_generations(["catalogue"]) != before
        assert names_of(provider) == ["Berta"]
    finally:
        _retry_at.pop(server, None)


def test_rows_with_other_fields_have_other_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    assert PROVIDERS.name(7) == rows_of(Provider).name(7)
    monkeypatch.setattr(catalogue, "public_fields", lambda model: ("id", "name"))
    assert PROVIDERS.name(7) != rows_of(Provider).name(7)


def test_without_memcached_nothing_is_kept(transactional_db: None, counted: Any) -> None:
    provider = make_provider()
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            read_providers([provider.pk])
        assert len(captured.captured_queries) == 1
    assert counted == {}
