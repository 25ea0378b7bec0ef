"""What operations cost: by hand, beside what the server says."""

from typing import Any

import pytest

from api.documents import parse_document
from api.limits.cost import Cost
from api.schema import schema
from tests.api.conftest import Post
from tests.api.test_views import refusal


def cost(source: str, **variables: Any) -> Cost:
    return parse_document(schema, source).operation(None).cost(variables)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{ __typename }", Cost(0, 0)),
        ("{ viewer { isStaff email } }", Cost(0, 0)),
        ("{ viewer { client { name } provider { name } } }", Cost(2, 2)),
        ("{ node(id: 1) { id } }", Cost(1, 1)),
        # A page is one, and its items are as many as are asked for; 20 when nothing is said.
        ("{ providers { totalCount } }", Cost(6, 0)),
        ("{ providers { nodes { name } } }", Cost(21, 20)),
        ("{ providers { edges { cursor node { name } } } }", Cost(21, 20)),
        ("{ providers { nodes { name } pageInfo { hasNextPage } } }", Cost(21, 20)),
        ("{ providers(first: 5) { nodes { name } } }", Cost(6, 5)),
        ("{ providers(last: 7) { nodes { name } } }", Cost(8, 7)),
        ("{ providers(first: null) { nodes { name } } }", Cost(21, 20)),
        ("{ providers(first: -5) { nodes { name } } }", Cost(1, 0)),
        ("{ providers(first: 5, last: 9) { nodes { name } } }", Cost(10, 9)),
        # What is below an item is multiplied: 1 + 10 * (1 + (1 + 4 * 1)).
        ("{ providers(first: 10) { nodes { services(first: 4) { nodes { id } } } } }", Cost(61, 50)),
        ("{ providers(first: 10) { edges { node { services(first: 4) { edges { node { id } } } } } } }", Cost(61, 50)),
        # Both ways to the items are read.
        ("{ providers(first: 10) { nodes { id } edges { node { id } } } }", Cost(21, 20)),
        # 1 + 3 * (1 + 10 + 2 * (1 + 1)): a provider's calendar is dearer than another page.
        (
            '{ providers(first: 3) { nodes { openAppointments(first: 2, startsFrom: "2030-01-01T00:00:00Z", '
            'startsBefore: "2030-01-02T00:00:00Z") { nodes { id provider { id } } } } } }',
            Cost(46, 15),
        ),
        # A list is as long as what is asked for, or as it usually is.
        ("{ nodes(ids: [1, 2, 3]) { id } }", Cost(3, 3)),
        ("{ nodes(ids: 1) { id } }", Cost(1, 1)),
        ("{ nodes(ids: " + "1" * 5000 + ") { id } }", Cost(1, 1)),
        ("{ reservation(id: 1) { appointments { id } } }", Cost(5, 5)),
        (
            "mutation { cancelReservation(input: {reservationId: 1}) { reservation { id } userErrors { code } } }",
            Cost(11, 1),
        ),
        ("mutation { a: cancelReservation(input: {reservationId: 1}) { userErrors { code } } }", Cost(10, 0)),
        # Each of the same field counts, and each alias.
        ("{ viewer { client { id } client { name } } }", Cost(2, 2)),
        ("{ a: node(id: 1) { id } b: node(id: 2) { id } }", Cost(2, 2)),
    ],
)
def test_cost_is_counted(source: str, expected: Cost) -> None:
    assert cost(source) == expected


def test_a_fragment_costs_where_it_applies() -> None:
    fragment = "fragment P on Provider { services(first: 3) { nodes { id } } }"  # 1 + 3
    assert cost("{ provider(id: 1) { ...P } } " + fragment) == Cost(5, 4)
    assert cost("{ provider(id: 1) { ...P ...P } } " + fragment) == Cost(9, 7)
    assert cost("{ node(id: 1) { ...P } } " + fragment) == Cost(5, 4)
    assert cost("{ service(id: 1) { ... on Node { ...P id } } } " + fragment) == Cost(1, 1)


def test_of_the_types_that_an_object_can_be_the_dearest_counts() -> None:
    services, providers = "services(first: 9) { nodes { id } }", "providers(first: 2) { nodes { id } }"
    pages = f"... on Provider {{ {services} }} ... on Service {{ {providers} }}"
    assert cost(f"{{ node(id: 1) {{ {pages} }} }}") == Cost(11, 10)
    assert cost(f"{{ nodes(ids: [1, 2]) {{ {pages} }} }}") == Cost(22, 20)


@pytest.mark.parametrize(
    ("value", "size"),
    [(5, 5), (0, 0), (-5, 0), (5.0, 5), (None, 20), ("x", 20), (True, 20), ([], 20), (1e300, 2**31), (10**15, 2**31)],
)
def test_the_size_of_a_page_is_that_of_its_variable(value: Any, size: int) -> None:
    assert cost("query($n: Int) { providers(first: $n) { nodes { id } } }", n=value) == Cost(1 + size, size)


def test_a_variable_may_have_a_default() -> None:
    query = "query($n: Int = 7) { providers(first: $n) { nodes { id } } }"
    assert cost(f"query($id: ID = {'1' * 5000}) {{ node(id: $id) {{ id }} }}") == Cost(1, 1)
    assert (cost(query), cost(query, n=3), cost(query, n=None)) == (Cost(8, 7), Cost(4, 3), Cost(21, 20))
    assert cost("query($n: Int) { providers(first: $n) { nodes { id } } }") == Cost(21, 20)


def test_a_list_is_as_long_as_its_variable() -> None:
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert [cost(query, ids=ids) for ids in ([], ["a", "b"], "a", None)] == [
        Cost(0, 0),
        Cost(2, 2),
        Cost(1, 1),
        Cost(1, 1),
    ]


@pytest.mark.parametrize(
    ("directive", "variables", "is_read"),
    [
        ("@skip(if: true)", {}, False),
        ("@skip(if: false)", {}, True),
        ("@include(if: true)", {}, True),
        ("@include(if: false)", {}, False),
        ("@skip(if: $yes)", {"yes": True}, False),
        ("@include(if: $yes)", {"yes": True}, True),
        ("@include(if: $yes)", {"yes": False}, False),
        ("@include(if: $no)", {"yes": True}, False),
        ("@include(if: $yes) @skip(if: $yes)", {"yes": True}, False),
    ],
)
def test_what_is_left_out_costs_nothing(directive: str, variables: dict[str, bool], is_read: bool) -> None:
    head = "query($yes: Boolean = true, $no: Boolean = false) {"
    use = "viewer { isStaff @include(if: $yes) @skip(if: $no) }"
    for body in (
        f"{{}} providers {directive} {{{{ nodes {{{{ id }}}} }}}}",
        f"{{}} ... {directive} {{{{ providers {{{{ nodes {{{{ id }}}} }}}} }}}}",
        f"{{}} ...A {directive}",
    ):
        source = head + body.format(use) + " }"
        if "...A" in body:
            source += " fragment A on Query { providers { nodes { id } } }"
        assert cost(source, **variables) == (Cost(21, 20) if is_read else Cost(0, 0))


def test_an_operation_that_is_too_dear_is_refused(post: Post, settings: Any, db: None) -> None:
    query = "query($n: Int) { providers(first: $n) { nodes { id } } }"
    settings.GRAPHQL_MAX_COST = 51
    assert post({"query": query, "variables": {"n": 50}}).json() == {"data": {"providers": {"nodes": []}}}
    answer = post({"query": query, "variables": {"n": 51}})
    assert refusal(answer) == (200, "QUERY_TOO_COMPLEX")
    assert answer.json()["errors"][0]["extensions"] == {
        "code": "QUERY_TOO_COMPLEX",
        "limit": "cost",
        "maximum": 51,
        "cost": {"requested": 52, "limit": 51, "nodes": 51, "nodeLimit": 10_000},
    }


def test_an_operation_that_can_return_too_many_nodes_is_refused(post: Post, settings: Any) -> None:
    settings.GRAPHQL_MAX_NODES = 49
    answer = post({"query": "{ providers(first: 50) { nodes { id } } }"})
    assert answer.json()["errors"][0]["extensions"]["limit"] == "nodes"


def test_the_cost_is_told_to_who_asks(post: Post, db: None) -> None:
    body = {"query": "{ providers(first: 3) { nodes { id } } }"}
    data = {"providers": {"nodes": []}}
    assert post(body).json() == {"data": data}
    cost = {"requested": 4, "limit": 5000, "nodes": 3, "nodeLimit": 10_000}
    assert post(body, **{"GraphQL-Cost": "report"}).json() == {"data": data, "extensions": {"cost": cost}}


def test_only_the_operation_that_is_executed_counts(post: Post) -> None:
    query = "query A { viewer { isStaff } } query B { providers(first: 100000) { nodes { id } } }"
    assert post({"query": query, "operationName": "A"}).json() == {"data": {"viewer": {"isStaff": False}}}
    assert refusal(post({"query": query, "operationName": "B"})) == (200, "QUERY_TOO_COMPLEX")
