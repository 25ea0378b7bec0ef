"""Clients find the GraphQL errors in a response with any status: none takes it for a network error."""

import pytest

from tests.clients.conftest import Program, Server

REQUESTS = [
    {"document": "{ nothing }", "headers": {}},
    {"document": "query($id: ID!) { node(id: $id) { id } }", "headers": {}},
    {"document": "{ viewer { email } }", "headers": {"Authorization": "Bearer nonsense"}},
    {"document": '{ viewer { __typename isStaff } node(id: "nonsense") { __typename } }', "headers": {}},
]
RESULTS = [
    [None, ["GRAPHQL_VALIDATION_FAILED"]],
    [None, ["BAD_USER_INPUT"]],
    [None, ["UNAUTHENTICATED"]],
    [{"viewer": {"__typename": "Viewer", "isStaff": False}, "node": None}, ["BAD_USER_INPUT"]],
]


@pytest.mark.parametrize("profile", ["server", "draft_server"])
def test_apollo_client_and_urql_return_the_codes_of_errors_in_both_profiles(
    profile: str, request: pytest.FixtureRequest, program: Program
) -> None:
    server: Server = request.getfixturevalue(profile)
    results = program("refusals.mjs", url=server.graphql, requests=REQUESTS)
    assert results == {"apollo": RESULTS, "urql": RESULTS}
