"""Loaders: one batch for each level, and no loaded object outlives the request."""

from typing import Any

import pytest
from django.conf import settings

from api.loaders import ProviderByIdLoader
from reservation.models import Provider
from tests.api.loaders.conftest import BatchRead
from tests.practice import Ask, Practice, gid

TWO_WAYS = """query($appointment: ID!, $reservation: ID!, $provider: ID!) {
    appointment(id: $appointment) { provider { name } }
    reservation(id: $reservation) { provider { name } appointments { provider { name } } }
    provider(id: $provider) { name }
    again: provider(id: $provider) { name }
}"""


def ids(practice: Practice) -> dict[str, str]:
    return {
        "appointment": gid(practice.slots[8]),
        "reservation": gid(practice.booking),
        "provider": gid(practice.provider),
    }


def test_branches_that_meet_at_a_level_share_one_statement(
    ask: Ask, practice: Practice, batch_reads: list[BatchRead], django_assert_num_queries: Any
) -> None:
    document = """query($appointment: ID!, $reservation: ID!) {
        appointment(id: $appointment) { provider { name } }
        reservation(id: $reservation) { provider { name } }
    }"""
    given = ids(practice)
    given.pop("provider")
    with django_assert_num_queries(3):  # the appointment, the reservation, the provider of both
        ask(document, caller=practice.staff, **given)
    assert [batch.keys for batch in batch_reads] == [[practice.provider.pk]]


def test_different_keys_of_a_level_share_one_batch(ask: Ask, practice: Practice, batch_reads: list[BatchRead]) -> None:
    both = [practice.provider.pk, practice.other_provider.pk]
    ask("query($a: ID!, $b: ID!) { a: provider(id: $a) { id } b: node(id: $b) { id } c: provider(id: $a) { id } }",
        a=gid(practice.provider), b=gid(practice.other_provider))  # fmt: skip
    assert [batch.keys for batch in batch_reads] == [both]


def test_an_object_of_one_level_is_not_read_again_at_the_next(
    ask: Ask, practice: Practice, batch_reads: list[BatchRead]
) -> None:
    answer = ask(TWO_WAYS, caller=practice.staff, **ids(practice))
    assert answer.data["reservation"]["appointments"] == [{"provider": {"name": "Anna"}}] * 2
    assert [batch.keys for batch in batch_reads] == [[practice.provider.pk]]


def test_requests_share_no_loaded_objects(ask: Ask, practice: Practice, batch_reads: list[BatchRead]) -> None:
    document = "query($id: ID!) { provider(id: $id) { name } }"
    for name in ("Anna", "Ann", "Anne"):
        Provider.objects.filter(pk=practice.provider.pk).update(name=name)
        assert ask(document, id=gid(practice.provider)).data == {"provider": {"name": name}}
    assert [batch.keys for batch in batch_reads] == [[practice.provider.pk]] * 3


def test_keys_of_a_failed_request_are_not_read_by_the_next(
    ask: Ask, practice: Practice, batch_reads: list[BatchRead]
) -> None:
    failed = ask("query($id: ID!) { provider(id: $id) { id } clients { nodes { id } } }", id=gid(practice.provider))
    assert (failed.data, failed.codes) == (None, ["FORBIDDEN"])
    # The columnar executor completes the siblings of a failed field; the standard executor drops them.
    own = [[practice.provider.pk]] if settings.GRAPHQL_EXECUTOR == "columnar" else []
    assert [batch.keys for batch in batch_reads] == own
    ask("query($id: ID!) { provider(id: $id) { id } }", id=gid(practice.other_provider))
    assert [batch.keys for batch in batch_reads] == [*own, [practice.other_provider.pk]]


def test_an_error_of_a_batch_is_an_error_of_each_of_its_fields(
    ask: Ask, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_loader: ProviderByIdLoader, _keys: list[int]) -> list[Provider | None]:
        raise LookupError("not for clients' eyes")

    monkeypatch.setattr(ProviderByIdLoader, "read", fail)
    answer = ask("query($id: ID!) { a: provider(id: $id) { id } b: node(id: $id) { id } }", id=gid(practice.provider))
    assert answer.data == {"a": None, "b": None}
    assert answer.codes == ["INTERNAL_SERVER_ERROR", "INTERNAL_SERVER_ERROR"]
