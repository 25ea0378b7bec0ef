"""Fuzzing: no document, variables or body causes a server error."""

import json
from typing import Any

import pytest
from django.test import Client as Browser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.schema import schema
from tests.practice import Practice, gid

FUZZ = settings(
    max_examples=150, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
SERVER_ERRORS = {"INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE"}

NAMES = sorted({name for one in schema.type_map.values() for name in getattr(one, "fields", {})} | set(schema.type_map))
TOKENS = [
    *"{}()[]:!=@|&$",
    "...",
    '"',
    '"""',
    "#",
    ",",
    "query",
    "mutation",
    "fragment",
    "on",
    "null",
    "true",
    "0",
    "-1",
]
TOKENS += ["$a", '"text"', "1.5", "ASC", "@include(if: true)", "\n", "__typename", "__schema", "__type"]
SOUP = st.lists(st.sampled_from(TOKENS) | st.sampled_from(NAMES), max_size=30).map(" ".join)

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
CONDITIONS = ("search", "serviceId", "isActive", "status", "startsFrom", "clientId", "nothing")
FILTERS = st.fixed_dictionaries({}, optional=dict.fromkeys(CONDITIONS, JSON))

QUERY = """query($f: ProviderFilter, $r: ReservationFilter, $o: OpenAppointmentFilter!, $id: ID!, $n: Int, $c: String) {
    providers(filter: $f, first: $n, after: $c) { totalCount }
    reservations(filter: $r, last: $n, before: $c) { totalCount }
    openAppointments(filter: $o) { totalCount }
    node(id: $id) { id }
}"""
MUTATION = """mutation($id: ID!, $name: String, $note: String, $key: String) {
    updateClient(input: {clientId: $id, name: $name, phone: $note, idempotencyKey: $key}) { userErrors { code } }
}"""


def response_to(browser: Browser, body: Any) -> dict[str, Any]:
    """The response to this body, which may have errors, but no server error."""
    text = body if isinstance(body, bytes) else json.dumps(body)
    response = browser.post("/graphql/", text, content_type="application/json")
    found: dict[str, Any] = response.json()
    assert response.status_code < 500
    assert not {error["extensions"]["code"] for error in found.get("errors", [])} & SERVER_ERRORS
    return found


@pytest.mark.django_db
@FUZZ
@given(document=st.text() | SOUP | SOUP.map(lambda soup: f"{{ {soup} }}"))
def test_any_text_as_a_document(document: str, client: Browser) -> None:
    response_to(client, {"query": document})


@FUZZ
@given(body=st.binary() | JSON | JSON.map(lambda value: {"query": "{ __typename }", "variables": value}))
def test_any_bytes_and_any_json_as_a_body(body: Any, client: Browser) -> None:
    response_to(client, body)


@FUZZ
@given(f=FILTERS, r=FILTERS, o=FILTERS, rest=st.tuples(JSON, JSON, JSON))
def test_any_variables(
    f: dict[str, Any], r: dict[str, Any], o: dict[str, Any], rest: tuple[Any, ...], client: Browser, practice: Practice
) -> None:
    window = {"startsFrom": "2030-01-02T00:00:00Z", "startsBefore": "2030-01-03T00:00:00Z"}
    names = dict(zip(("id", "n", "c"), rest, strict=True))
    response_to(client, {"query": QUERY, "variables": {"f": f, "r": r, "o": {**window, **o}, **names}})
    response_to(client, {"query": QUERY, "variables": {"o": window, "id": gid(practice.client), "c": names["c"]}})


@FUZZ
@given(texts=st.tuples(*[st.text(max_size=300) | st.none()] * 3))
def test_any_texts_in_a_mutation(
    texts: tuple[str | None, ...], client: Browser, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.views.read_caller", lambda _: practice.who("client"))
    variables = dict(zip(("name", "note", "key"), texts, strict=True))
    found = response_to(client, {"query": MUTATION, "variables": {"id": gid(practice.client), **variables}})
    assert "errors" not in found
