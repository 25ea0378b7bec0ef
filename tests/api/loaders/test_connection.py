"""Loaders read on the caller's thread and connection, inside its transaction, and several threads do not meet."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from reservation.models import Provider
from tests.api.loaders.conftest import Reading
from tests.factories import make_provider
from tests.practice import Ask, Practice, gid


def test_a_batch_is_read_on_the_callers_thread_and_connection(
    ask: Ask, practice: Practice, readings: list[Reading]
) -> None:
    ask("query($id: ID!) { appointment(id: $id) { provider { name } } }", id=gid(practice.slots[0]))
    here = {"thread": threading.get_ident(), "connection": connections["default"], "is_in_transaction": True}
    assert readings == [Reading(keys=[practice.provider.pk], **here, running_loop=None)]


@pytest.mark.django_db(transaction=True)
def test_a_loader_sees_what_the_open_transaction_has_written(ask: Ask, readings: list[Reading]) -> None:
    with transaction.atomic():
        provider = make_provider(name="Uncommitted")
        found = ask("query($id: ID!) { provider(id: $id) { name } }", id=gid(provider))
        assert found.data == {"provider": {"name": "Uncommitted"}}
        transaction.set_rollback(True)
    assert ask("query($id: ID!) { provider(id: $id) { name } }", id=gid(provider)).data == {"provider": None}
    assert [reading.is_in_transaction for reading in readings] == [True, False]
    assert {id(reading.connection) for reading in readings} == {id(connections["default"])}


@pytest.mark.django_db(transaction=True)
def test_threads_do_not_meet(ask: Ask, readings: list[Reading]) -> None:
    providers = [make_provider(name=f"Provider {number}") for number in range(8)]
    all_at_once = threading.Barrier(8)

    def request(provider: Provider) -> set[str]:
        all_at_once.wait(10)
        try:
            document = "query($id: ID!) { provider(id: $id) { name } node(id: $id) { ... on Provider { name } } }"
            answers = [ask(document, id=gid(provider)).data for _ in range(10)]
            return {answer[field]["name"] for answer in answers for field in ("provider", "node")}
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(request, providers)) == [{provider.name} for provider in providers]
    assert sorted(reading.keys for reading in readings) == sorted([provider.pk] for provider in providers * 10)
    assert len({id(reading.connection) for reading in readings}) == 8
