"""How deep a document may be: known before anything is executed, and quickly, however it is spelt."""

from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLError, ValidationRule, get_introspection_query, parse, specified_rules, validate

from api.limits import MaxDepthRule
from api.schema import schema
from tests.api.conftest import Post
from tests.api.practice import Practice, gid
from tests.api.test_views import refusal
from tests.rows import all_rows

CYCLE = ("services", "nodes", "providers", "nodes")
TOO_DEEP = {"code": "QUERY_TOO_DEEP"}


def nested(depth: int, *, before: int = 0) -> str:
    """A selection of a query that is so deep, or of a provider's with so many fields before it."""
    names = [CYCLE[level % 4] for level in range(depth - before - 1)]
    leaf = "id" if len(names) % 2 == 0 and (names or before) else "totalCount"
    return " { ".join([*names, leaf]) + " }" * len(names)


def refusals(source: str, *rules: type[ValidationRule]) -> list[GraphQLError]:
    """What these rules, or else the one about depth, find wrong with a document."""
    return validate(schema, parse(source), rules or [MaxDepthRule])


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every set of fields whose depth has been measured."""
    seen: list[Any] = []
    depth: Callable[..., int] = MaxDepthRule.depth

    def measure(rule: MaxDepthRule, selection_set: Any) -> int:
        if selection_set is not None:
            seen.append(selection_set)
        return depth(rule, selection_set)

    monkeypatch.setattr(MaxDepthRule, "depth", measure)
    return seen


def test_ten_levels_pass_and_eleven_do_not(post: Post, db: None) -> None:
    assert post({"query": f"{{ {nested(10)} }}"}).json() == {"data": {"services": {"nodes": []}}}
    assert refusal(post({"query": f"{{ {nested(11)} }}"})) == (200, "QUERY_TOO_DEEP")
    (error,) = refusals(f"{{ {nested(11)} }}")
    assert (error.message, error.extensions) == ("Fields are nested 11 levels deep: 10 are the most.", TOO_DEEP)


def test_the_limit_is_a_setting(settings: Any) -> None:
    settings.GRAPHQL_MAX_DEPTH = 2
    assert refusals("{ viewer { isStaff } }") == []
    assert [error.extensions for error in refusals("{ viewer { client { name } } }")] == [TOO_DEEP]


@pytest.mark.parametrize(("depth", "expected"), [(10, []), (11, [TOO_DEEP])])
@pytest.mark.parametrize(
    "document",
    [
        "{{ viewer {{ isStaff }} {0} }}",
        "{{ ... {{ ... on Query {{ {0} }} }} }}",
        "{{ ...A }} fragment A on Query {{ ...B }} fragment B on Query {{ {0} }}",
        "{{ viewer {{ isStaff }} ...A ...A }} fragment A on Query {{ {0} }}",
        "{{ services {{ nodes {{ providers {{ nodes {{ ...P }} }} }} }} }} fragment P on Provider {{ {1} }}",
        "{{ services {{ nodes {{ providers {{ nodes {{ ...P __typename }} }} }} }} ...A }} "
        "fragment A on Query {{ services {{ totalCount }} }} fragment P on Provider {{ ... {{ {1} }} }}",
    ],
)
def test_depth_is_measured_through_fragments(document: str, depth: int, expected: list[Any]) -> None:
    source = document.format(nested(depth), nested(depth, before=4))
    assert refusals(source, *specified_rules) == []
    assert [error.extensions for error in refusals(source)] == expected


def test_each_operation_is_measured() -> None:
    source = f"query A {{ {nested(11)} }} query B {{ {nested(10)} }} query C {{ {nested(12)} }}"
    assert [error.message.split()[3] for error in refusals(source)] == ["11", "12"]


@pytest.mark.parametrize("spreads", [2, 30])
def test_a_fragment_is_measured_once_however_often_it_is_spread(spreads: int, measured: list[Any]) -> None:
    last = 30
    fans = [f"fragment F{place} on Query {{ {f'...F{place + 1} ' * spreads} }}" for place in range(last)]
    source = " ".join(["{ ...F0 }", *fans, f"fragment F{last} on Query {{ {nested(11)} }}"])
    assert [error.extensions for error in refusals(source)] == [TOO_DEEP]
    assert len(measured) == 1 + last + 11


@pytest.mark.parametrize(
    "source",
    [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A viewer { isStaff } }",
        "{ services { nodes { ...S } } } fragment S on Service { providers { nodes { services { nodes { ...S } } } } }",
        "{ ...Nothing }",
        "{ viewer { ...Nothing } }",
    ],
)
def test_cycles_and_unknown_fragments_are_left_to_the_standard_rules(source: str, post: Post) -> None:
    assert refusals(source) == []
    assert refusals(source, *specified_rules) != []
    codes = {error["extensions"]["code"] for error in post({"query": source}).json()["errors"]}
    assert codes == {"GRAPHQL_VALIDATION_FAILED"}


def test_the_standard_introspection_passes(post: Post) -> None:
    answer = post({"query": get_introspection_query()}).json()
    assert answer.keys() == {"data"}
    assert answer["data"]["__schema"]["queryType"]["name"] == "Query"


def test_a_deep_mutation_changes_nothing(post: Post, practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.read_caller", lambda _: practice.staff)
    mutation = 'mutation($id: ID!) {{ updateProvider(input: {{providerId: $id, name: "X"}}) {{ provider {{ {} }} }} }}'
    variables = {"id": gid(practice.provider)}
    before = all_rows()
    deep = {"query": mutation.format(nested(11, before=2)), "variables": variables}
    assert refusal(post(deep)) == (200, "QUERY_TOO_DEEP")
    assert all_rows() == before
    shallow = {"query": mutation.format(nested(10, before=2)), "variables": variables}
    assert post(shallow).json().keys() == {"data"}
    assert all_rows() != before


def test_a_document_has_15_000_characters_at_most(post: Post) -> None:
    query = "{ viewer { isStaff } } #"
    assert post({"query": query.ljust(15_000, "é")}).json() == {"data": {"viewer": {"isStaff": False}}}
    assert refusal(post({"query": query.ljust(15_001, "é")})) == (200, "GRAPHQL_PARSE_FAILED")


@pytest.mark.parametrize("levels", [11, 50, 150])
def test_what_can_be_parsed_is_refused_as_too_deep(levels: int, post: Post) -> None:
    assert refusal(post({"query": f"{{ {nested(levels)} }}"})) == (200, "QUERY_TOO_DEEP")


@pytest.mark.parametrize("opening", ["{services{nodes{providers{nodes" * 1_250, "{..." * 5_000])
def test_5_000_levels_are_refused_whichever_limit_meets_them(opening: str, post: Post, settings: Any) -> None:
    query = opening + "{id" + "}" * 5_001
    for limit in ("GRAPHQL_MAX_CHARACTERS", "GRAPHQL_MAX_TOKENS", "what the parser can do"):
        assert refusal(post({"query": query})) == (200, "GRAPHQL_PARSE_FAILED")
        setattr(settings, limit, 1_000_000)
