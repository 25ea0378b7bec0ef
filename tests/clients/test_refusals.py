"""Whatever status an answer has, clients find the GraphQL errors in it: none takes it for a broken connection."""

import pytest

from tests.clients.conftest import Program, Server

ASKED = [
    {"document": "{ nothing }", "headers": {}},
    {"document": "query($id: ID!) { node(id: $id) { id } }", "headers": {}},
    {"document": "{ viewer { email } }", "headers": {"Authorization": "Bearer nonsense"}},
    {"document": '{ viewer { __typename isStaff } node(id: "nonsense") { __typename } }', "headers": {}},
]
ANSWERED = [
    [None, ["GRAPHQL_VALIDATION_FAILED"]],
    [None, ["BAD_USER_INPUT"]],
    [None, ["UNAUTHENTICATED"]],
    [{"viewer": {"__typename": "Viewer", "isStaff": False}, "node": None}, ["BAD_USER_INPUT"]],
]


@pytest.mark.parametrize("profile", ["server", "draft_server"])
def test_apollo_client_and_urql_tell_errors_by_their_codes_under_both_profiles(
    profile: str, request: pytest.FixtureRequest, program: Program
) -> None:
    server: Server = request.getfixturevalue(profile)
    answered = program("refusals.mjs", url=server.graphql, asked=ASKED)
    assert answered == {"apollo": ANSWERED, "urql": ANSWERED}
