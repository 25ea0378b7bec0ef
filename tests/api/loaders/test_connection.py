"""Loaders read on the caller's thread and connection, within its transaction, and threads share nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from reservation.models import Provider
from tests.api.loaders.conftest import BatchRead
from tests.factories import make_provider
from tests.practice import Ask, Practice, gid


def test_a_batch_is_read_on_the_callers_thread_and_connection(
    ask: Ask, practice: Practice, batch_reads: list[BatchRead]
) -> None:
    ask("query($id: ID!) { appointment(id: $id) { provider { name } } }", id=gid(practice.slots[0]))
    here = {"thread": threading.get_ident(), "connection": connections["default"], "is_in_transaction": True}
    assert batch_reads == [BatchRead(keys=[practice.provider.pk], **here, running_loop=None)]


@pytest.mark.django_db(transaction=True)
def test_a_loader_sees_what_the_open_transaction_has_written(ask: Ask, batch_reads: list[BatchRead]) -> None:
    with transaction.atomic():
        provider = make_provider(name="Uncommitted")
        found = ask("query($id: ID!) { provider(id: $id) { name } }", id=gid(provider))
        assert found.data == {"provider": {"name": "Uncommitted"}}
        transaction.set_rollback(True)
    assert ask("query($id: ID!) { provider(id: $id) { name } }", id=gid(provider)).data == {"provider": None}
    assert [reading.is_in_transaction for reading in batch_reads] == [True, False]
    assert {id(reading.connection) for reading in batch_reads} == {id(connections["default"])}


@pytest.mark.django_db(transaction=True)
def test_threads_share_no_loaders(ask: Ask, batch_reads: list[BatchRead]) -> None:
    providers = [make_provider(name=f"Provider {number}") for number in range(8)]
    barrier = threading.Barrier(8)

    def request(provider: Provider) -> set[str]:
        barrier.wait(10)
        try:
            document = "query($id: ID!) { provider(id: $id) { name } node(id: $id) { ... on Provider { name } } }"
            answers = [ask(document, id=gid(provider)).data for _ in range(10)]
            return {answer[field]["name"] for answer in answers for field in ("provider", "node")}
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(request, providers)) == [{provider.name} for provider in providers]
    assert sorted(reading.keys for reading in batch_reads) == sorted([provider.pk] for provider in providers * 10)
    assert len({id(reading.connection) for reading in batch_reads}) == 8
