"""Introspection and names in errors: allowed to everybody in development, in production only to staff."""

from typing import Any

import pytest

from reservation.domain.caller import Caller
from tests.api.test_views import NOBODY, VIEWER, refusal
from tests.conftest import Post
from tests.practice import Practice

SCHEMA = "{ __schema { queryType { name } } }"
INTROSPECTING = [
    SCHEMA,
    '{ __type(name: "Query") { name } }',
    "{ a: __schema { queryType { name } } }",
    "{ ... { ...A } } fragment A on Query { viewer { isStaff } __schema { queryType { name } } }",
    "query A { viewer { isStaff } } query B { __schema { queryType { name } } }",
]
INVALID = [
    "{ provider }",
    "{ provideers { totalCount } }",
    "{ providers(frist: 1) { totalCount } }",
    "query($a: Provder) { viewer { isStaff } }",
    "{ ...A }",
    "mutation { reserveAppointment { userErrors { code } } }",
]


@pytest.fixture
def as_(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Returns a function that makes this person the caller of the following requests."""

    def become(name: str) -> None:
        caller: Caller = practice.who(name)
        monkeypatch.setattr("api.views.read_caller", lambda _: caller)

    return become


@pytest.mark.parametrize("query", INTROSPECTING)
def test_introspection_is_for_staff_only_when_it_is_off(query: str, as_: Any, post: Post, settings: Any) -> None:
    body = {"query": query, "operationName": "A" if "query A" in query else None}
    assert "data" in post(body).json()
    settings.GRAPHQL_INTROSPECTION = False
    for name in ("nobody", "client", "provider"):
        as_(name)
        assert refusal(post(body)) == (200, "INTROSPECTION_DISABLED")
    as_("staff")
    assert "data" in post(body).json()


def test_typename_is_always_allowed(post: Post, settings: Any) -> None:
    settings.GRAPHQL_INTROSPECTION = False
    assert post({"query": "{ __typename viewer { __typename } }"}).json() == {
        "data": {"__typename": "Query", "viewer": {"__typename": "Viewer"}}
    }
    assert post({"query": VIEWER}).json() == NOBODY


@pytest.mark.parametrize("query", INVALID)
def test_validation_errors_show_no_names_when_suggestions_are_off(
    query: str, as_: Any, post: Post, settings: Any
) -> None:
    shown = post({"query": query}).json()["errors"]
    assert len({error["message"] for error in shown} - {"The document does not fit the schema."}) == len(shown)
    settings.GRAPHQL_SUGGESTIONS = False
    hidden = {
        "message": "The document does not fit the schema.",
        "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"},
    }
    for name in ("nobody", "client", "provider"):
        as_(name)
        assert post({"query": query}).json() == {"errors": [hidden]}
    as_("staff")
    assert post({"query": query}).json()["errors"] == shown


FILTERED = "query($f: OpenAppointmentFilter!) { openAppointments(filter: $f) { totalCount } }"
ORDERED = "query($o: ProviderOrder!) { providers(orderBy: $o) { totalCount } }"


@pytest.mark.parametrize(
    ("query", "variables", "message", "secrets"),
    [
        (FILTERED, {"f": {"startFrom": 1}}, "Variable '$f' does not fit.", ["startsFrom"]),
        (FILTERED, {"f": {}}, "Variable '$f' does not fit.", ["startsFrom", "startsBefore"]),
        (FILTERED, {"f": None}, "Variable '$f' of type 'OpenAppointmentFilter!' must not be null.", []),
        (FILTERED, {}, "Variable '$f' of type 'OpenAppointmentFilter!' was not provided.", []),
        (
            ORDERED,
            {"o": {"field": "NAMED", "direction": "ASC"}},
            "Variable '$o' does not fit at o.field.",
            ["ProviderOrderField"],
        ),
    ],
)
def test_errors_in_variables_show_no_names_when_suggestions_are_off(
    query: str, variables: Any, message: str, secrets: list[str], post: Post, settings: Any
) -> None:
    body = {"query": query, "variables": variables}
    messages = " ".join(error["message"] for error in post(body).json()["errors"])
    assert [secret for secret in secrets if secret not in messages] == []
    settings.GRAPHQL_SUGGESTIONS = False
    errors = post(body).json()["errors"]
    assert {error["message"] for error in errors} == {message}
    assert {error["extensions"]["code"] for error in errors} == {"BAD_USER_INPUT"}


def test_other_errors_are_still_shown_when_suggestions_are_off(post: Post, settings: Any) -> None:
    settings.GRAPHQL_SUGGESTIONS = False
    (error,) = post({"query": "{ viewer {"}).json()["errors"]
    assert error["message"].startswith("Syntax Error")
    assert refusal(post({"query": "{ " + "__typename " * 30 + "}"})) == (200, "QUERY_TOO_COMPLEX")
