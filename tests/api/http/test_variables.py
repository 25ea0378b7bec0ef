"""Variables of the wrong type, and unusual texts: each is a client error, never a server error."""

from typing import Any

import pytest

from tests.conftest import Post
from tests.rows import all_rows

WRONG = {
    "provider(id: $v) { id }": ("ID!", [None, True, 1.5, [], {}, [["a"]], 10**30]),
    "providers(first: $v) { totalCount }": ("Int", ["1", 2**31, -(2**31) - 1, 10**30, 1.5, True, [], {}]),
    "providers(after: $v) { totalCount }": ("String", [1, True, [], {}]),
    "providers(filter: $v) { totalCount }": (
        "ProviderFilter",
        [1, "a", [1], {"nothing": 1}, {"\x00": 1}, {"isActive": "yes"}, {"search": 5}, {"serviceId": True}],
    ),
    "providers(orderBy: $v) { totalCount }": (
        "ProviderOrder",
        [{}, {"field": "NAME"}, {"field": "name", "direction": "ASC"}, {"field": {}, "direction": "ASC"}],
    ),
    "reservations(filter: $v) { totalCount }": (
        "ReservationFilter",
        [{"status": "OPEN"}, {"status": [None]}, {"startsFrom": 0}, {"startsBefore": "2030-01-01T00:00:00"}],
    ),
}


@pytest.mark.parametrize(
    ("field", "kind", "value"),
    [(field, kind, value) for field, (kind, values) in WRONG.items() for value in values],
    ids=lambda value: repr(value)[:40],
)
def test_variables_of_the_wrong_type_are_refused(field: str, kind: str, value: Any, post: Post, db: None) -> None:
    response = post({"query": f"query($v: {kind}) {{ {field} }}", "variables": {"v": value}})
    body = response.json()
    assert (response.status_code, body.get("data")) in [(200, None), (200, {"provider": None})]
    assert {error["extensions"]["code"] for error in body["errors"]} == {"BAD_USER_INPUT"}


TEXTS = [
    "\x00",
    "a\x00b",
    "\ufffe\uffff",
    "\u202e",
    "😀" * 100,
    "'; DROP TABLE users; --",
    "%",
    "_",
    "\\",
    "\\%",
    "{{7*7}}",
]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_in_any_place_causes_no_server_error(text: str, post: Post, db: None) -> None:
    before = all_rows()
    for query in (
        "query($t: String) { services(filter: {search: $t}) { totalCount } }",
        "query($t: String) { providers(filter: {search: $t}, after: $t) { totalCount } }",
        "query($t: ID!) { node(id: $t) { id } nodes(ids: [$t]) { id } }",
        "query($t: TimeZone!) { viewer { isStaff } updateZone: __typename }",
        "mutation($t: String!) { createService(input: {name: $t, durationMinutes: 15}) { userErrors { code } } }",
    ):
        response = post({"query": query, "variables": {"t": text}})
        codes = {error["extensions"]["code"] for error in response.json().get("errors", [])}
        assert response.status_code == 200
        assert codes <= {"BAD_USER_INPUT", "INVALID_CURSOR", "UNAUTHENTICATED", "GRAPHQL_VALIDATION_FAILED"}
    assert all_rows() == before
