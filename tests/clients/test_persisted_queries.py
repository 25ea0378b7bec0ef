"""Clients that send a hash instead of a document, and the document too when the hash is unknown."""

from typing import Any

import pytest

from tests.clients.conftest import Program, serving

UNKNOWN = "PERSISTED_QUERY_NOT_FOUND"
REGISTERED_MUTATION = [["POST", "hash", UNKNOWN], ["POST", "hash and document", 200]]
KNOWN_QUERY = ["GET", "hash", 200]


def test_apollo_client_pages_reserves_and_confirms_with_persisted_queries(
    practice: dict[str, Any], program: Program
) -> None:
    starts = practice["starts"]
    assert program("apollo.mjs", **practice) == {
        "reads": [starts[:2], starts[:4], starts],  # the client's cache merges the pages
        "statuses": ["PENDING", "CONFIRMED"],
        "cached": "CONFIRMED",  # by the id of the hold
        "requests": [
            *(["GET", "hash", UNKNOWN], ["POST", "hash and document", 200], KNOWN_QUERY, KNOWN_QUERY),
            *(REGISTERED_MUTATION * 2),
        ],
    }


def test_urql_pages_reserves_and_confirms_with_persisted_queries(practice: dict[str, Any], program: Program) -> None:
    starts = practice["starts"]
    assert program("urql.mjs", **practice) == {
        "pages": [starts[:2], starts[2:4], starts[4:]],
        "statuses": ["PENDING", "CONFIRMED"],
        "requests": [
            *(["GET", "hash", UNKNOWN], ["GET", "hash and document", 200], KNOWN_QUERY, KNOWN_QUERY),
            *(REGISTERED_MUTATION * 2),
        ],
    }


@pytest.mark.parametrize("name", ["apollo.mjs", "urql.mjs"])
def test_a_client_sends_no_more_hashes_after_persisted_queries_were_refused(
    name: str, practice: dict[str, Any], program: Program
) -> None:
    with serving(GRAPHQL_PERSISTED_QUERIES="false") as server:
        seen = program(name, **{**practice, "server": server.url})
    assert seen["statuses"] == ["PENDING", "CONFIRMED"]
    assert [request[1:] for request in seen["requests"]] == [
        ["hash", "PERSISTED_QUERY_NOT_SUPPORTED"],
        *[["document", 200]] * 5,
    ]
