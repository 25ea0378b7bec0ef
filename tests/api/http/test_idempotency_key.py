"""The Idempotency-Key header: the key of every change of the request whose input has none."""

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client as Browser

from accounts.tokens.strategy import issue
from reservation.models import IdempotencyKey, Service
from tests.factories import make_user

CREATE = """mutation($name: String!, $key: String) {
    createService(input: {name: $name, durationMinutes: 15, idempotencyKey: $key}) {
        service { id } userErrors { code field }
    }
}"""
TWO = """mutation {
    a: createService(input: {name: "A", durationMinutes: 15}) { service { name } userErrors { code } }
    b: createService(input: {name: "B", durationMinutes: 15}) { service { name } userErrors { code } }
}"""


@pytest.fixture
def send(client: Browser, db: None) -> Any:
    """POST this as staff, with the key as header; answers the data."""
    session = SessionStore()
    session.create()
    token, *_ = issue(make_user(is_staff=True, is_superuser=True).pk, session)

    def send(query: str, *, header: str | None = None, **variables: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}", **({} if header is None else {"Idempotency-Key": header})}
        body = {"query": query, "variables": variables}
        return client.post("/graphql/", body, "application/json", headers=headers).json()["data"]

    return send


def test_the_header_is_the_key_where_the_input_has_none(send: Any) -> None:
    first = send(CREATE, header="k1", name="Cutting")
    assert send(CREATE, header="k1", name="Cutting") == first
    assert send(CREATE, header='"k1"', name="Cutting") == first  # as the IETF's draft writes it
    assert send(CREATE, name="Cutting", key="k1") == first
    assert Service.objects.count() == 1
    assert send(CREATE, header="k2", name="Cutting") != first
    assert Service.objects.count() == 2


def test_the_inputs_own_key_comes_first(send: Any) -> None:
    first = send(CREATE, header="k1", name="Cutting", key="k2")
    assert send(CREATE, name="Cutting", key="k2") == first
    assert send(CREATE, header="k1", name="Colouring")["createService"]["userErrors"] == []


def test_the_same_header_with_another_input_is_refused(send: Any) -> None:
    send(CREATE, header="k1", name="Cutting")
    refused = send(CREATE, header="k1", name="Colouring")["createService"]
    assert refused == {"service": None, "userErrors": [{"code": "IDEMPOTENCY_KEY_REUSED", "field": ["idempotencyKey"]}]}
    too_long = send(CREATE, header="k" * 256, name="Colouring")["createService"]
    assert too_long == {"service": None, "userErrors": [{"code": "INVALID_INPUT", "field": ["idempotencyKey"]}]}


def test_several_changes_of_one_request_each_have_their_own(send: Any) -> None:
    first = send(TWO, header="k1")
    assert [first[name]["service"]["name"] for name in ("a", "b")] == ["A", "B"]
    assert send(TWO, header="k1") == first
    assert (Service.objects.count(), IdempotencyKey.objects.count()) == (2, 2)


def test_a_key_that_is_long_is_the_key_of_several_changes_too(send: Any) -> None:
    first = send(TWO, header="k" * 255)
    assert [first[name]["userErrors"] for name in ("a", "b")] == [[], []]


def test_keys_of_two_headers_are_never_the_same(send: Any) -> None:
    one = 'mutation { x: createService(input: {name: "A", durationMinutes: 15}) { userErrors { code } } }'
    send(TWO, header="k1")
    send(one, header="k1:a")
    assert Service.objects.count() == 3


@pytest.mark.parametrize("header", [None, "", " ", '""'])
def test_without_a_key_everything_is_done_again(header: str | None, send: Any) -> None:
    for _ in range(2):
        send(CREATE, header=header, name="Cutting")
    assert (Service.objects.count(), IdempotencyKey.objects.count()) == (2, 0)
