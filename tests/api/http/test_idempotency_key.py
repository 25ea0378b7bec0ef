"""The Idempotency-Key header: the key of every mutation of the request whose input has none."""

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client as Browser

from accounts.tokens.refresh import issue_tokens
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
    """POST this as staff, with the key as header; returns the data."""
    session = SessionStore()
    session.create()
    token, *_ = issue_tokens(make_user(is_staff=True, is_superuser=True).pk, session)

    def send(query: str, *, header: str | None = None, **variables: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}", **({} if header is None else {"Idempotency-Key": header})}
        body = {"query": query, "variables": variables}
        return client.post("/graphql/", body, "application/json", headers=headers).json()["data"]

    return send


def test_the_header_is_the_key_of_an_input_without_one(send: Any) -> None:
    first = send(CREATE, header="k1", name="Cutting")
    assert send(CREATE, header="k1", name="Cutting") == first
    assert send(CREATE, header='"k1"', name="Cutting") == first  # as the IETF's draft writes it
    assert send(CREATE, name="Cutting", key="k1") == first
    assert Service.objects.count() == 1
    assert send(CREATE, header="k2", name="Cutting") != first
    assert Service.objects.count() == 2


def test_the_key_of_the_input_takes_precedence(send: Any) -> None:
    first = send(CREATE, header="k1", name="Cutting", key="k2")
    assert send(CREATE, name="Cutting", key="k2") == first
    assert send(CREATE, header="k1", name="Colouring")["createService"]["userErrors"] == []


def test_the_same_header_with_another_input_is_refused(send: Any) -> None:
    send(CREATE, header="k1", name="Cutting")
    refused = send(CREATE, header="k1", name="Colouring")["createService"]
    assert refused == {"service": None, "userErrors": [{"code": "IDEMPOTENCY_KEY_REUSED", "field": ["idempotencyKey"]}]}
    too_long = send(CREATE, header="k" * 256, name="Colouring")["createService"]
    assert too_long == {"service": None, "userErrors": [{"code": "INVALID_INPUT", "field": ["idempotencyKey"]}]}


def test_each_of_several_mutations_has_its_own_key(send: Any) -> None:
    first = send(TWO, header="k1")
    assert [first[name]["service"]["name"] for name in ("a", "b")] == ["A", "B"]
    assert send(TWO, header="k1") == first
    assert (Service.objects.count(), IdempotencyKey.objects.count()) == (2, 2)


def test_a_key_of_the_maximum_length_works_for_several_mutations(send: Any) -> None:
    first = send(TWO, header="k" * 255)
    assert [first[name]["userErrors"] for name in ("a", "b")] == [[], []]


def test_derived_keys_do_not_collide_with_other_headers(send: Any) -> None:
    one = 'mutation { x: createService(input: {name: "A", durationMinutes: 15}) { userErrors { code } } }'
    send(TWO, header="k1")
    send(one, header="k1:a")
    assert Service.objects.count() == 3


@pytest.mark.parametrize("header", [None, "", " ", '""'])
def test_without_a_key_every_request_has_its_effect(header: str | None, send: Any) -> None:
    for _ in range(2):
        send(CREATE, header=header, name="Cutting")
    assert (Service.objects.count(), IdempotencyKey.objects.count()) == (2, 0)
