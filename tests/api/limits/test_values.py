"""The limits of the JSON of a request."""

import json
from typing import Any

import pytest

from tests.api.test_views import NOBODY, VIEWER, refusal
from tests.conftest import Post

NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"


def nested(levels: int) -> Any:
    return json.loads("[" * levels + "]" * levels)


def test_json_has_at_most_32_levels(post: Post) -> None:
    # The body is one level, its extensions another.
    assert post({"query": VIEWER, "extensions": {"a": nested(30)}}).json() == NOBODY
    assert refusal(post({"query": VIEWER, "extensions": {"a": nested(31)}})) == (400, "BAD_REQUEST")


def test_json_in_a_query_string_has_at_most_32_levels(client: Any) -> None:
    for name in ("variables", "extensions"):
        within, beyond = ({"query": VIEWER, name: json.dumps({"a": nested(levels)})} for levels in (31, 32))
        assert client.get("/graphql/", within).json() == NOBODY
        assert refusal(client.get("/graphql/", beyond)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("wrap", [lambda ids: {"ids": ids}, lambda ids: {"ids": ["x"], "more": [{"a": {"b": ids}}]}])
def test_a_list_in_the_variables_has_at_most_100_items(wrap: Any, post: Post, db: None) -> None:
    within = post({"query": NODES, "variables": wrap(["x"] * 100)}).json()
    assert {error["extensions"]["code"] for error in within["errors"]} == {"BAD_USER_INPUT"}
    assert "data" in within
    beyond = post({"query": NODES, "variables": wrap(["x"] * 101)})
    assert refusal(beyond) == (200, "BAD_USER_INPUT")
    assert beyond.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "limit": "list", "maximum": 100}


def test_objects_and_lists_in_a_request_have_a_maximum(post: Post) -> None:
    others = 2  # the request and its extensions
    assert post({"query": VIEWER, "extensions": {"a": "[" * 5000}}).json() == NOBODY
    assert post({"query": VIEWER, "extensions": {str(number): [] for number in range(2000 - others)}}).json() == NOBODY
    beyond = post({"query": VIEWER, "extensions": {str(number): {} for number in range(2001 - others)}})
    assert refusal(beyond) == (400, "BAD_REQUEST")
    assert beyond.json()["errors"][0]["message"] == "A request's JSON has 2000 objects and lists at most."


def test_the_limits_are_settings(post: Post, settings: Any) -> None:
    settings.REQUEST_MAX_NESTING = 3
    assert refusal(post({"query": VIEWER, "extensions": {"a": [[]]}})) == (400, "BAD_REQUEST")
    settings.GRAPHQL_MAX_LIST = 2
    assert refusal(post({"query": NODES, "variables": {"ids": [1, 2, 3]}})) == (200, "BAD_USER_INPUT")
