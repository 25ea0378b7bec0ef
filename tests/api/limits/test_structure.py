"""The limits on the structure of a document: checked before validation, through fragments and aliases."""

from typing import Any

import pytest
from graphql import get_introspection_query, parse, specified_rules, validate

from api.documents import parse_document
from api.documents.parsing import FRAGMENT_RULES
from api.http.errors import RequestError
from api.limits.fragments import has_sound_fragments
from api.limits.structure import check_structure
from api.schema import schema

CYCLE = ("services", "nodes", "providers", "nodes")
COMPLEX = "QUERY_TOO_COMPLEX"


def nested(depth: int, *, before: int = 0) -> str:
    """A selection of the query type of this depth, or of a provider below so many fields."""
    names = [CYCLE[level % 4] for level in range(depth - before - 1)]
    leaf = "id" if len(names) % 2 == 0 and (names or before) else "totalCount"
    return " { ".join([*names, leaf]) + " }" * len(names)


def refusal(source: str) -> dict[str, Any] | None:
    """The extensions of the error with which this document is refused; None when it is not."""
    try:
        check_structure(parse(source))
    except RequestError as error:
        (found,) = error.errors
        assert found.message.endswith(".")
        return found.extensions
    return None


def limit(name: str, maximum: int, code: str = COMPLEX) -> dict[str, Any]:
    return {"code": code, "limit": name, "maximum": maximum}


TOO_DEEP = limit("depth", 10, "QUERY_TOO_DEEP")


@pytest.mark.parametrize(("depth", "expected"), [(10, None), (11, TOO_DEEP)])
@pytest.mark.parametrize(
    "document",
    [
        "{{ {0} }}",
        "{{ viewer {{ isStaff }} {0} }}",
        "{{ ... {{ ... on Query {{ {0} }} }} }}",
        "{{ ...A }} fragment A on Query {{ ...B }} fragment B on Query {{ {0} }}",
        "{{ viewer {{ isStaff }} ...A ...A }} fragment A on Query {{ {0} }}",
        "{{ services {{ nodes {{ providers {{ nodes {{ ...P }} }} }} }} }} fragment P on Provider {{ {1} }}",
        "{{ services {{ nodes {{ providers {{ nodes {{ ...P __typename }} }} }} }} ...A }} "
        "fragment A on Query {{ services {{ totalCount }} }} fragment P on Provider {{ ... {{ {1} }} }}",
    ],
)
def test_depth_is_measured_through_fragments(document: str, depth: int, expected: Any) -> None:
    source = document.format(nested(depth), nested(depth, before=4))
    assert validate(schema, parse(source), specified_rules) == []
    assert refusal(source) == expected


def test_each_operation_is_measured() -> None:
    assert refusal(f"query A {{ {nested(10)} }} query B {{ {nested(10)} }}") is None
    assert refusal(f"query A {{ {nested(10)} }} query B {{ {nested(11)} }}") == TOO_DEEP


def test_typename_does_not_count_for_the_depth() -> None:
    source = nested(10).replace("{ id }", "{ id __typename }")
    assert refusal(f"{{ {source} __typename }}") is None


def test_introspection_has_its_own_limit_on_depth(settings: Any) -> None:
    full = get_introspection_query(input_value_deprecation=True, specified_by_url=True, directive_is_repeatable=True)
    assert refusal(full) is None
    settings.GRAPHQL_MAX_INTROSPECTION_DEPTH = 5
    assert refusal(full) == limit("introspectionDepth", 5, "QUERY_TOO_DEEP")
    settings.GRAPHQL_MAX_DEPTH = 1
    assert refusal("{ __schema { queryType { name } } }") is None


@pytest.mark.parametrize(
    ("document", "name", "maximum", "code"),
    [
        ("{{ {} }}", "aliases", 30, COMPLEX),
        ("{{ ... {{ ...A }} }} fragment A on Query {{ {} }}", "aliases", 30, COMPLEX),
    ],
)
def test_aliases_are_counted(document: str, name: str, maximum: int, code: str) -> None:
    for field in ("__typename", "viewer { isStaff }"):
        aliases = [f"a{number}: {field}" for number in range(maximum + 1)]
        assert refusal(document.format(" ".join(aliases[:-1]))) is None
        assert refusal(document.format(" ".join(aliases))) == limit(name, maximum, code)


def test_an_alias_in_a_fragment_counts_as_often_as_it_is_spread() -> None:
    fragment = "fragment A on Query { a: viewer { isStaff } b: viewer { isStaff } }"
    assert refusal("{ " + "...A " * 15 + "} " + fragment) is None
    assert refusal("{ " + "...A " * 16 + "} " + fragment) == limit("aliases", 30)


def test_aliases_are_counted_by_operation() -> None:
    aliases = " ".join(f"a{number}: __typename" for number in range(30))
    assert refusal(f"query A {{ {aliases} }} query B {{ {aliases} }}") is None


@pytest.mark.parametrize(
    "document",
    [
        "{{ viewer {} {{ isStaff }} }}",
        "{{ ... {} {{ viewer {{ isStaff }} }} }}",
        "{{ ...A {} }} fragment A on Query {{ viewer {{ isStaff }} }}",
        "query {} {{ viewer {{ isStaff }} }}",
        "query($a: Int {}) {{ providers(first: $a) {{ totalCount }} }}",
        "{{ ...A }} fragment A on Query {} {{ viewer {{ isStaff }} }}",
    ],
)
def test_directives_are_counted_at_every_place(document: str) -> None:
    assert refusal(document.format("@include(if: true) " * 10)) is None
    assert refusal(document.format("@include(if: true) " * 11)) == limit("directives", 10)


def test_the_mutations_of_an_operation_are_limited() -> None:
    change = "{}: cancelReservation(input: {{reservationId: 1}}) {{ userErrors {{ code }} }}"
    changes = [change.format(name) for name in "abcd"]
    assert refusal("mutation { " + " ".join(changes[:3]) + " }") is None
    assert refusal("mutation { " + " ".join(changes) + " }") == limit("mutations", 3)
    spread = f"mutation {{ {' '.join(changes[:2])} ...A }} fragment A on Mutation {{ {' '.join(changes[2:])} }}"
    assert refusal(spread) == limit("mutations", 3)
    assert refusal("{ " + " ".join(f"{name}: viewer {{ isStaff }}" for name in "abcd") + " }") is None


def test_an_alias_of_a_mutation_counts_once() -> None:
    aliases = " ".join(f"a{number}: __typename" for number in range(27))
    change = "{}: cancelReservation(input: {{reservationId: 1}}) {{ {} }}"
    changes = [change.format(name, aliases if name == "x" else "a") for name in "xyz"]
    assert refusal(f"mutation {{ {' '.join(changes)} }}") is None


@pytest.mark.parametrize(
    "document",
    [
        "{{ nodes(ids: {}) {{ id }} }}",
        "{{ services(filter: {{a: [{{b: {}}}]}}) {{ totalCount }} }}",
        "query($ids: [ID!] = {}) {{ nodes(ids: $ids) {{ id }} }}",
        "query($f: ServiceFilter = {{a: {}}}) {{ services(filter: $f) {{ totalCount }} }}",
        "{{ __typename @a(b: {}) }}",
    ],
)
def test_lists_in_the_document_have_a_maximum_length(document: str) -> None:
    assert refusal(document.format(["1"] * 100).replace("'", '"')) is None
    assert refusal(document.format(["1"] * 101).replace("'", '"')) == limit("list", 100, "BAD_USER_INPUT")


@pytest.mark.parametrize(
    "document",
    [
        "{{ {0} }}",
        "{{ viewer {{ {1} }} }}",
        "{{ {2} }}",
        "{{ ...A }} fragment A on Query {{ ... {{ {0} }} }}",
        "{{ viewer {{ isStaff }} }} fragment Unused on Viewer {{ {1} }}",
    ],
)
def test_repeats_of_a_field_at_one_place_are_limited(document: str) -> None:
    def selected(times: int) -> str:
        return document.format("viewer { isStaff } " * times, "isStaff " * times, "viewer { isStaff } " * times)

    assert refusal(selected(20)) is None
    assert refusal(selected(21)) == limit("repeats", 20)


def test_repeats_are_counted_after_merging_selections() -> None:
    assert refusal("{ " + "viewer { isStaff isStaff } " * 10 + "}") is None
    assert refusal("{ " + "viewer { isStaff isStaff isStaff } " * 10 + "}") == limit("repeats", 20)


def test_selections_of_a_fragment_count_each_time_it_is_spread(settings: Any) -> None:
    settings.GRAPHQL_MAX_REPEATS = 10**6
    fragment = "fragment A on Query { " + "viewer { isStaff } " * 10 + "}"
    assert refusal("{ " + "...A " * 95 + "} " + fragment) is None  # 95 spreads, 95 * 20 fields: 1995
    assert refusal("{ " + "...A " * 96 + "} " + fragment) == limit("selections", 2000)
    chain = [f"fragment F{n} on Query {{ ...F{n + 1} a{n}: viewer {{ isStaff }} }}" for n in range(60)]
    settings.GRAPHQL_MAX_ALIASES = 100
    assert refusal(" ".join(["{ ...F0 }", *chain, "fragment F60 on Query { viewer { isStaff } }"])) is None


@pytest.mark.parametrize(
    ("setting", "source", "name"),
    [
        ("GRAPHQL_MAX_DEPTH", "{ viewer { client { name } } }", "depth"),
        ("GRAPHQL_MAX_ALIASES", "{ a: __typename b: __typename c: __typename }", "aliases"),
        ("GRAPHQL_MAX_DIRECTIVES", "{ __typename @a @b @c }", "directives"),
        ("GRAPHQL_MAX_MUTATIONS", "mutation { a b c }", "mutations"),
        ("GRAPHQL_MAX_LIST", "{ a(b: [1, 2, 3]) }", "list"),
        ("GRAPHQL_MAX_REPEATS", "{ a a a }", "repeats"),
        ("GRAPHQL_MAX_SELECTIONS", "{ a b c }", "selections"),
    ],
)
def test_every_limit_is_a_setting(setting: str, source: str, name: str, settings: Any) -> None:
    assert refusal(source) is None
    setattr(settings, setting, 2)
    extensions = refusal(source)
    assert extensions is not None
    assert (extensions["limit"], extensions["maximum"]) == (name, 2)


def test_a_document_within_its_limits_is_served() -> None:
    assert parse_document(schema, f"{{ {nested(10)} }}").operation(None).name is None


@pytest.mark.parametrize(
    ("source", "is_sound"),
    [
        ("{ a }", True),
        ("{ ...A } fragment A on Query { a }", True),
        ("{ ...A ...B } fragment A on Query { ...B } fragment B on Query { a }", True),
        ("{ a } fragment Unused on Query { a }", True),
        ("{ ...A }", False),
        ("{ a { ... { ...A } } }", False),
        ("{ a } fragment Unused on Query { a { ...A } }", False),
        ("{ ...A } fragment A on Query { a { ...A } }", False),
        ("{ a } fragment A on Query { ...B } fragment B on Query { a { ... on Query { ...A } } }", False),
        ("{ ...A } fragment A on Query { a } fragment A on Query { b }", False),
    ],
)
def test_fragments_are_sound_when_known_and_unique_and_in_no_cycle(source: str, is_sound: bool) -> None:
    assert has_sound_fragments(parse(source)) == is_sound
    refused = validate(schema, parse(source), FRAGMENT_RULES)
    assert (refused == []) == is_sound, "the fragment rules find an error exactly when the fragments are not sound"
