"""Documents: parsed and validated once, and refused when they are none of this schema."""

import pytest
from graphql import GraphQLError

from api.execution import parse_document
from api.execution.documents import InvalidDocument
from api.schema import schema
from tests.api.practice import Ask


def refusal(source: str) -> list[GraphQLError]:
    with pytest.raises(InvalidDocument) as refused:
        parse_document(schema, source)
    return refused.value.errors


def test_a_document_is_parsed_and_validated_once() -> None:
    source = "{ viewer { isStaff } } # for this test"
    assert parse_document(schema, source) is parse_document(schema, source)


def test_a_document_that_fails_is_not_kept() -> None:
    before = parse_document.cache_info().currsize
    for _ in range(2):
        refusal("{ nothing } # for this test")
    assert parse_document.cache_info().currsize == before


NOT_GRAPHQL = ("", " ", "#", "{", "}", "{ viewer", "{ viewer { } }", "query", "\x00", "é", "🙂", "{ a(b: $) }", "{ ...")
NO_VALUES = ('"\\ud800"', "01", '"', "\ufeff\ufeff", "1.", "-", '"\n"', '"\\x"', '"""', "[", "{c}", "@")


@pytest.mark.parametrize("source", [*NOT_GRAPHQL, *(f"{{ a(b: {value}) }}" for value in NO_VALUES)])
def test_what_does_not_parse_is_a_parse_failure(source: str) -> None:
    assert [error.extensions for error in refusal(source)] == [{"code": "GRAPHQL_PARSE_FAILED"}]


@pytest.mark.parametrize(
    "source",
    [
        "{" + "a{" * 5_000,
        "{" + "viewer{client{reservations{nodes{" * 40 + "id" + "}}}}" * 40 + "}",
        "{ nodes(ids: " + "[" * 5_000 + ") { id } }",
        "{ providers(filter: " + "{search: " * 5_000 + ") { totalCount } }",
        "query($a: " + "[" * 5_000 + "Int) { viewer { isStaff } }",
        "{ viewer { isStaff " * 1_000 + "}" * 1_000,
        "{ " + "viewer { isStaff } " * 5_000 + "}",
        "query { viewer @include(if: " + "[" * 300 + "true" + "]" * 300 + ") { isStaff } }",
    ],
    ids=range(8),
)
def test_a_document_that_is_too_long_or_too_deep_is_refused(source: str) -> None:
    codes = {error.extensions["code"] for error in refusal(source) if error.extensions}
    assert codes <= {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "QUERY_TOO_DEEP"}
    assert codes


@pytest.mark.parametrize(
    "source",
    [
        "{ nothing }",
        "{ viewer }",
        "{ viewer { isStaff { a } } }",
        "{ viewer(a: 1) { isStaff } }",
        "{ node { id } }",
        "{ node(id: $id) { id } }",
        "query($a: Nothing) { viewer { isStaff } }",
        "query($id: ID) { node(id: $id) { id } }",
        "query A { viewer { isStaff } } query A { viewer { isStaff } }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{ ...A } fragment A on Query { ...A viewer { isStaff } }",
        "{ ...A }",
        "fragment A on Query { viewer { isStaff } }",
        "{ viewer { isStaff @nothing } }",
        "{ providers(first: 1.5) { totalCount } }",
        '{ providers(first: "1") { totalCount } }',
        "{ providers(first: 99999999999999999999) { totalCount } }",
        "{ reservations(filter: {status: [OPEN]}) { totalCount } }",
        '{ openAppointments(filter: {startsFrom: "2030-01-01T00:00:00", startsBefore: 5}) { totalCount } }',
        "{ a: providers { totalCount } a: services { totalCount } }",
    ],
)
def test_what_is_not_of_this_schema_is_a_validation_failure(source: str) -> None:
    assert {str(error.extensions) for error in refusal(source)} == {"{'code': 'GRAPHQL_VALIDATION_FAILED'}"}


def test_introspection_tells_developers_everything(ask: Ask) -> None:
    answer = ask("{ __schema { queryType { name } mutationType { name } types { name description } } }")
    assert answer.errors == []
    assert answer.data["__schema"]["queryType"] == {"name": "Query"}
    assert {one["name"] for one in answer.data["__schema"]["types"]} == schema.type_map.keys()
