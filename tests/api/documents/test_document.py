"""Documents: parsed and validated once, cached, and refused when they are not valid."""

import sys
from typing import Any

import pytest
from graphql import GraphQLError

from api.documents import parse_document, parsing
from api.documents.parsing import TOKEN_BYTES
from api.http.errors import RequestError
from api.schema import schema
from tests.practice import Ask


def refusal(source: str) -> list[GraphQLError]:
    with pytest.raises(RequestError) as refused:
        parse_document(schema, source)
    return list(refused.value.errors)


@pytest.fixture
def cached() -> Any:
    """The document cache, empty at first."""
    parsing._documents.clear()
    return parsing._documents


def test_a_document_is_parsed_and_validated_once(cached: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "{ viewer { isStaff } }"
    found = parse_document(schema, source)
    monkeypatch.setattr(parsing, "parse_text", None)
    assert parse_document(schema, source) is found
    assert len(cached) == 1


def test_an_invalid_document_is_not_cached(cached: Any) -> None:
    for source in ("{ nothing }", "{", "{ a: __typename " + "b: __typename " * 30 + "}"):
        refusal(source)
    assert len(cached) == 0


def test_the_cache_is_bounded_by_memory(cached: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    maximum = 100 * TOKEN_BYTES
    monkeypatch.setattr(cached, "_Cache__maxsize", maximum)
    sources = [f"{{ viewer {{ isStaff }} }} # {number}" for number in range(30)]
    for source in sources:
        parse_document(schema, source)
    assert maximum - 10 * TOKEN_BYTES <= cached.currsize <= maximum
    assert len(cached) < len(sources)
    assert (id(schema), sources[-1]) in cached
    assert (id(schema), sources[0]) not in cached


def test_the_memory_of_a_document_is_estimated_from_its_tokens(cached: Any) -> None:
    parse_document(schema, "{ viewer { isStaff } }")  # 6 tokens, and those of the start and the end of the file
    assert cached.currsize == pytest.approx(8 * TOKEN_BYTES, rel=0.1)


def test_the_memory_of_a_document_includes_its_strings(cached: Any) -> None:
    text = "🙂" * 10_000
    parse_document(schema, f'{{ providers(filter: {{search: "{text}"}}) {{ totalCount }} }}')
    assert cached.currsize > 3 * sys.getsizeof(text)


def test_the_only_operation_needs_no_name() -> None:
    assert parse_document(schema, "{ viewer { isStaff } }").operation(None).name is None
    assert parse_document(schema, "query A { viewer { isStaff } }").operation(None).name == "A"
    several = parse_document(schema, "query A { viewer { isStaff } } query B { viewer { email } }")
    assert several.operation("B").name == "B"
    for name in (None, "C"):
        with pytest.raises(RequestError):
            several.operation(name)


NOT_GRAPHQL = ("", " ", "#", "{", "}", "{ viewer", "{ viewer { } }", "query", "\x00", "é", "🙂", "{ a(b: $) }", "{ ...")
NOT_VALUES = ('"\\ud800"', "01", '"', "\ufeff\ufeff", "1.", "-", '"\n"', '"\\x"', '"""', "[", "{c}", "@")


@pytest.mark.parametrize("source", [*NOT_GRAPHQL, *(f"{{ a(b: {value}) }}" for value in NOT_VALUES)])
def test_a_syntax_error_is_a_parse_failure(source: str) -> None:
    assert [error.extensions for error in refusal(source)] == [{"code": "GRAPHQL_PARSE_FAILED"}]


def test_a_string_with_the_message_of_a_parser_limit_is_not_mistaken_for_one() -> None:
    source = '"Syntax Error: Document contains more than 1 tokens"'
    assert [error.extensions for error in refusal(source)] == [{"code": "GRAPHQL_PARSE_FAILED"}]


@pytest.mark.parametrize(
    ("source", "code", "limit"),
    [
        ("{" + "a{" * 5_000, "QUERY_TOO_DEEP", "nesting"),
        ("{ nodes(ids: " + "[" * 5_000 + ") { id } }", "QUERY_TOO_DEEP", "nesting"),
        ("{ providers(filter: " + "{search: " * 1_500 + ") { totalCount } }", "QUERY_TOO_DEEP", "nesting"),
        ("query($a: " + "[" * 5_000 + "Int) { viewer { isStaff } }", "QUERY_TOO_DEEP", "nesting"),
        ("{ " + "a " * 1_000 + "}", "QUERY_TOO_COMPLEX", "tokens"),
        ("{ viewer { isStaff } }".ljust(15_001), "PAYLOAD_TOO_LARGE", "characters"),
    ],
    ids=range(6),
)
def test_a_document_that_is_too_long_or_too_deep_is_refused(source: str, code: str, limit: str) -> None:
    (error,) = refusal(source)
    assert error.extensions is not None
    assert (error.extensions["code"], error.extensions["limit"]) == (code, limit)


def test_a_document_of_the_maximum_length_is_served() -> None:
    parse_document(schema, "{ viewer { isStaff } }".ljust(15_000))


def test_only_the_first_errors_are_reported() -> None:
    errors = refusal("{ " + " ".join(f"nothing{number}" for number in range(500)) + " }")
    assert len(errors) == 11
    assert errors[-1].message == "Too many validation errors, error limit reached. Validation aborted."
    assert {str(error.extensions) for error in errors} == {"{'code': 'GRAPHQL_VALIDATION_FAILED'}"}


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
        "{ ...A } fragment A on Query { viewer { isStaff } } fragment A on Query { viewer { isStaff } }",
        "{ ...A }",
        "{ viewer { ...Nothing } }",
        "{ services { nodes { ...S } } } fragment S on Service { providers { nodes { services { nodes { ...S } } } } }",
        "fragment A on Query { viewer { isStaff } }",
        "{ viewer { isStaff @nothing } }",
        "{ providers(first: 1.5) { totalCount } }",
        '{ providers(first: "1") { totalCount } }',
        "{ providers(first: 99999999999999999999) { totalCount } }",
        "{ reservations(filter: {status: [OPEN]}) { totalCount } }",
        '{ openAppointments(filter: {startsFrom: "2030-01-01T00:00:00", startsBefore: 5}) { totalCount } }',
        "{ a: providers { totalCount } a: services { totalCount } }",
        "subscription { providers { totalCount } }",
        "{ viewer { isStaff } } subscription S { a }",
    ],
)
def test_a_document_that_does_not_fit_the_schema_is_a_validation_failure(source: str) -> None:
    assert {str(error.extensions) for error in refusal(source)} == {"{'code': 'GRAPHQL_VALIDATION_FAILED'}"}


def test_introspection_returns_the_whole_schema(ask: Ask) -> None:
    answer = ask("{ __schema { queryType { name } mutationType { name } types { name description } } }")
    assert answer.errors == []
    assert answer.data["__schema"]["queryType"] == {"name": "Query"}
    assert {one["name"] for one in answer.data["__schema"]["types"]} == schema.type_map.keys()
