"""Bodies that are not GraphQL requests: each is refused with its code, and none causes a server error."""

import json
from typing import Any

import pytest
from django.test import Client as Browser

from tests.api.test_views import GRAPHQL_JSON, NOBODY, VIEWER, refusal
from tests.conftest import Post

INVALID_JSON = [
    b" ",
    b"{",
    b"query { viewer }",
    b"{'query': ''}",
    b"\xff\xfe",
    b'{"query": "{ viewer { isStaff } } # \xff"}',
    b'{"query": "{ viewer { isStaff } \x00"}',
    b'{"query": "{ viewer { isStaff } }"} {}',
    b'{"query": "{ viewer { isStaff } } # \\ud800"}',
    b'{"query": "{ viewer { isStaff } }", "operationName": "\\ud800"}',
    '{"query": "{ viewer { isStaff } }"}'.encode("utf-16"),
    b"[" * 100_000,
    b"[" * 50_000 + b"]" * 50_000,
]
INVALID_VALUES = [b"NaN", b"-Infinity", b"1e999", b'"\\ud800"', b'{"\\udfff": 1}', b"01", b"[" * 50_000 + b"]" * 50_000]
INVALID_REQUESTS = [
    [],
    [{}],
    [{"query": VIEWER}],
    1,
    None,
    True,
    {},
    *({"query": wrong} for wrong in (None, "", 1, True, [VIEWER], {"a": 1})),
    *({"query": VIEWER, "variables": wrong} for wrong in ([], "{}", 1, True)),
    *({"query": VIEWER, "operationName": wrong} for wrong in (1, True, ["A"], {})),
    *({"query": VIEWER, "extensions": wrong} for wrong in ([], "{}", 1, True)),
    *({"documentId": wrong} for wrong in ("", 1, True, [], {})),
    *({"extensions": {"persistedQuery": wrong}} for wrong in ([], "x", 1, {"version": 1})),
    *({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": wrong}}} for wrong in (None, 1, "x", "A" * 64)),
]


@pytest.mark.parametrize(
    "body",
    [
        *INVALID_JSON,
        *(b'{"query": "{ viewer { isStaff } }", "variables": {"a": %b}}' % value for value in INVALID_VALUES),
        *INVALID_REQUESTS,
        '"{ viewer }"',
    ],
    ids=lambda body: repr(body)[:70],
)
def test_a_body_that_is_not_a_graphql_request_is_refused(body: Any, post: Post) -> None:
    assert refusal(post(body)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("variables", ["{", "[]", '"a"', "1", "NaN", b"\xed\xa0\x80", "[" * 50_000, '{"a": "\\ud800"}'])
def test_variables_in_the_query_string_must_be_a_json_object(variables: Any, client: Any) -> None:
    assert refusal(client.get("/graphql/", {"query": VIEWER, "variables": variables})) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("query A { viewer { isStaff } }", "B"),
        ("query A { viewer { isStaff } }", "a"),
        ("{ viewer { isStaff } }", "A"),
        ("query A { viewer { isStaff } } query B { viewer { isStaff } }", None),
        ("query A { viewer { isStaff } } query B { viewer { isStaff } }", ""),
        ("query A { viewer { isStaff } }", "\x00"),
        ("query A { viewer { isStaff } }", "x" * 10_000),
    ],
)
def test_the_operation_must_exist_and_be_unambiguous(query: str, name: str | None, post: Post) -> None:
    body = {"query": query, "operationName": name}
    assert refusal(post(body)) == (200, "OPERATION_RESOLUTION_FAILURE")
    assert refusal(post(body, Accept=GRAPHQL_JSON)) == (400, "OPERATION_RESOLUTION_FAILURE")


def test_a_single_operation_needs_no_name(post: Post) -> None:
    for name in (None, "", "A"):
        assert post({"query": f"query A {VIEWER}", "operationName": name}).json() == NOBODY


def test_unknown_keys_and_white_space_are_ignored(post: Post) -> None:
    body = json.dumps({"unknown": [1], "query": VIEWER, "a" * 1000: None}, indent=8)
    assert post(body).json() == post(f"\n\t {body} \r\n").json() == NOBODY


def test_a_body_of_unknown_length_is_refused(client: Browser) -> None:
    response = client.generic("POST", "/graphql/", CONTENT_TYPE="application/json", HTTP_TRANSFER_ENCODING="chunked")
    (error,) = response.json()["errors"]
    assert (response.status_code, error["message"]) == (411, "Send the length of the body as Content-Length.")
