"""The cost of operations: calculated by hand, compared with what the server calculates."""

import math
from typing import Any

import pytest

from api.documents import parse_document
from api.limits.cost import Cost
from api.limits.sizes import SCALAR_BYTES
from api.schema import schema
from tests.api.test_views import refusal
from tests.conftest import Post


def cost_of(source: str, **variables: Any) -> Cost:
    return parse_document(schema, source).operation(None).cost(variables)


def cost(source: str, **variables: Any) -> tuple[int, int]:
    """The cost, and how many nodes the operation can return."""
    total = cost_of(source, **variables)
    return total.requested, total.nodes


def bytes_of_ids(number: int) -> int:
    """How many bytes the response to `{ providers { nodes { id } } }` can have, with so many providers."""
    return len('{"data":{"providers":{"nodes":[],},}}') + number * (len('{"id":,},') + SCALAR_BYTES["ID"])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{ __typename }", (0, 0)),
        ("{ viewer { isStaff email } }", (0, 0)),
        ("{ viewer { client { name } provider { name } } }", (2, 2)),
        ("{ node(id: 1) { id } }", (1, 1)),
        # A page costs 1, and has as many items as are requested, by default 20.
        ("{ providers { totalCount } }", (6, 0)),
        ("{ providers { nodes { name } } }", (21, 20)),
        ("{ providers { edges { cursor node { name } } } }", (21, 20)),
        ("{ providers { nodes { name } pageInfo { hasNextPage } } }", (21, 20)),
        ("{ providers(first: 5) { nodes { name } } }", (6, 5)),
        ("{ providers(last: 7) { nodes { name } } }", (8, 7)),
        ("{ providers(first: null) { nodes { name } } }", (21, 20)),
        ("{ providers(first: -5) { nodes { name } } }", (1, 0)),
        ("{ providers(first: 5, last: 9) { nodes { name } } }", (10, 9)),
        # The cost below an item is multiplied: 1 + 10 * (1 + (1 + 4 * 1)).
        ("{ providers(first: 10) { nodes { services(first: 4) { nodes { id } } } } }", (61, 50)),
        ("{ providers(first: 10) { edges { node { services(first: 4) { edges { node { id } } } } } } }", (61, 50)),
        # `nodes` and `edges` both count.
        ("{ providers(first: 10) { nodes { id } edges { node { id } } } }", (21, 20)),
        # 1 + 3 * (1 + 10 + 2 * (1 + 1)): a provider's calendar is more expensive than other pages.
        (
            '{ providers(first: 3) { nodes { openAppointments(first: 2, startsFrom: "2030-01-01T00:00:00Z", '
            'startsBefore: "2030-01-02T00:00:00Z") { nodes { id provider { id } } } } } }',
            (46, 15),
        ),
        # A list has as many items as are requested, or as is usual.
        ("{ nodes(ids: [1, 2, 3]) { id } }", (3, 3)),
        ("{ nodes(ids: 1) { id } }", (1, 1)),
        ("{ nodes(ids: " + "1" * 5000 + ") { id } }", (1, 1)),
        ("{ reservation(id: 1) { appointments { id } } }", (5, 5)),
        (
            "mutation { cancelReservation(input: {reservationId: 1}) { reservation { id } userErrors { code } } }",
            (11, 1),
        ),
        ("mutation { a: cancelReservation(input: {reservationId: 1}) { userErrors { code } } }", (10, 0)),
        # The same field counts each time, and so does each alias.
        ("{ viewer { client { id } client { name } } }", (2, 2)),
        ("{ a: node(id: 1) { id } b: node(id: 2) { id } }", (2, 2)),
    ],
)
def test_cost_is_counted(source: str, expected: tuple[int, int]) -> None:
    assert cost(source) == expected


def test_a_fragment_costs_where_it_applies() -> None:
    fragment = "fragment P on Provider { services(first: 3) { nodes { id } } }"  # 1 + 3
    assert cost("{ provider(id: 1) { ...P } } " + fragment) == (5, 4)
    assert cost("{ provider(id: 1) { ...P ...P } } " + fragment) == (9, 7)
    assert cost("{ node(id: 1) { ...P } } " + fragment) == (5, 4)
    assert cost("{ service(id: 1) { ... on Node { ...P id } } } " + fragment) == (1, 1)


def test_the_most_expensive_object_type_of_an_interface_counts() -> None:
    services, providers = "services(first: 9) { nodes { id } }", "providers(first: 2) { nodes { id } }"
    pages = f"... on Provider {{ {services} }} ... on Service {{ {providers} }}"
    assert cost(f"{{ node(id: 1) {{ {pages} }} }}") == (11, 10)
    assert cost(f"{{ nodes(ids: [1, 2]) {{ {pages} }} }}") == (22, 20)


@pytest.mark.parametrize(
    ("value", "size"),
    [(5, 5), (0, 0), (-5, 0), (5.0, 5), (None, 20), ("x", 20), (True, 20), ([], 20), (1e300, 2**31), (10**15, 2**31)],
)
def test_the_size_of_a_page_is_that_of_its_variable(value: Any, size: int) -> None:
    assert cost("query($n: Int) { providers(first: $n) { nodes { id } } }", n=value) == (1 + size, size)


def test_a_variable_may_have_a_default() -> None:
    query = "query($n: Int = 7) { providers(first: $n) { nodes { id } } }"
    assert cost(f"query($id: ID = {'1' * 5000}) {{ node(id: $id) {{ id }} }}") == (1, 1)
    assert (cost(query), cost(query, n=3), cost(query, n=None)) == ((8, 7), (4, 3), (21, 20))
    assert cost("query($n: Int) { providers(first: $n) { nodes { id } } }") == (21, 20)


def test_a_list_is_as_long_as_its_variable() -> None:
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert [cost(query, ids=ids) for ids in ([], ["a", "b"], "a", None)] == [
        (0, 0),
        (2, 2),
        (1, 1),
        (1, 1),
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
def test_a_field_that_is_left_out_costs_nothing(directive: str, variables: dict[str, bool], is_read: bool) -> None:
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
        assert cost(source, **variables) == ((21, 20) if is_read else (0, 0))


def test_an_operation_that_costs_too_much_is_refused(post: Post, settings: Any, db: None) -> None:
    query = "query($n: Int) { providers(first: $n) { nodes { id } } }"
    settings.GRAPHQL_MAX_COST = 51
    assert post({"query": query, "variables": {"n": 50}}).json() == {"data": {"providers": {"nodes": []}}}
    answer = post({"query": query, "variables": {"n": 51}})
    assert refusal(answer) == (200, "QUERY_TOO_COMPLEX")
    assert answer.json()["errors"][0]["extensions"] == {
        "code": "QUERY_TOO_COMPLEX",
        "limit": "cost",
        "maximum": 51,
        "cost": {
            "requested": 52,
            "limit": 51,
            "nodes": 51,
            "nodeLimit": 10_000,
            "values": 51,
            "valueLimit": 20_000,
            "bytes": bytes_of_ids(51),
            "byteLimit": 32 * 2**20,
        },
    }


def test_an_operation_that_can_return_too_many_nodes_is_refused(post: Post, settings: Any) -> None:
    settings.GRAPHQL_MAX_NODES = 49
    answer = post({"query": "{ providers(first: 50) { nodes { id } } }"})
    assert answer.json()["errors"][0]["extensions"]["limit"] == "nodes"


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ("{ __typename viewer { isStaff email __typename } }", 4),
        ("{ providers(first: 10) { totalCount nodes { id a: id name } pageInfo { endCursor } } }", 32),
        ("{ providers(first: 10) { edges { a: cursor b: cursor node { __typename } } } }", 30),
        ("{ providers(first: 10) { nodes { services(first: 10) { nodes { id name } } } } }", 200),
        ("{ node(id: 1) { id ... on Provider { name bio } ... on Service { name } } }", 3),
        ("{ __schema { types { name } } }", 0),
    ],
)
def test_values_are_counted(source: str, values: int) -> None:
    assert cost_of(source).values == values


def test_an_operation_that_can_return_too_many_values_is_refused(post: Post) -> None:
    aliases = " ".join(f"a{number}: cursor" for number in range(30))
    answer = post(
        {"query": f"{{ providers(first: 100) {{ nodes {{ services(first: 7) {{ edges {{ {aliases} }} }} }} }} }}"}
    )
    assert answer.json()["errors"][0]["extensions"]["limit"] == "values"


WINDOW = 'startsFrom: "2030-01-01T00:00:00Z", startsBefore: "2030-01-02T00:00:00Z"'


@pytest.mark.parametrize(
    ("source", "variables", "requested"),
    [
        ("{ nextOpenAppointment { id } }", {}, 1),
        ("{ nextOpenAppointment(serviceId: 1) { id } }", {}, 301),
        ('{ nextOpenAppointment(serviceId: "x") { id } }', {}, 301),
        (f"{{ openAppointments(filter: {{{WINDOW}, durationMinutes: 30}}, first: 1) {{ nodes {{ id }} }} }}", {}, 302),
        ("{ nextOpenAppointment(serviceId: null) { id } }", {}, 1),
        ('query($s: ID = "x") { nextOpenAppointment(serviceId: $s) { id } }', {}, 301),
        ("query($s: ID) { nextOpenAppointment(serviceId: $s) { id } }", {}, 1),
        ("query($s: ID) { nextOpenAppointment(serviceId: $s) { id } }", {"s": None}, 1),
        ("query($s: ID) { nextOpenAppointment(serviceId: $s) { id } }", {"s": "x"}, 301),
        (f"{{ openAppointments(filter: {{{WINDOW}}}, first: 1) {{ nodes {{ id }} }} }}", {}, 2),
        (f"{{ openAppointments(filter: {{{WINDOW}, serviceId: 1}}, first: 1) {{ nodes {{ id }} }} }}", {}, 302),
        (
            f"{{ openAppointments(filter: {{{WINDOW}, serviceId: 1}}, first: 1) {{ totalCount nodes {{ id }} }} }}",
            {},
            652,
        ),
        (
            "query($f: OpenAppointmentFilter!) { openAppointments(filter: $f, first: 1) { nodes { id } } }",
            {"f": {"serviceId": "x"}},
            302,
        ),
        ("query($f: OpenAppointmentFilter!) { openAppointments(filter: $f, first: 1) { nodes { id } } }", {"f": []}, 2),
        (
            f"{{ provider(id: 1) {{ openAppointments({WINDOW}, serviceId: 1, first: 1) {{ nodes {{ id }} }} }} }}",
            {},
            32,
        ),
        ("{ providers(filter: {serviceId: 1}, first: 1) { nodes { id } } }", {}, 2),
    ],
)
def test_searching_for_a_service_costs_more(source: str, variables: Any, requested: int) -> None:
    assert cost_of(source, **variables).requested == requested


OFFER = "offerAppointments(input: {}) {{ createdCount {} }}"
WITHDRAW = "withdrawAppointments(input: {}) {{ withdrawnCount }}"


def interval(ends_at: str, starts_at: str = "2030-01-01T00:00:00Z") -> str:
    return f'{{providerId: 1, startsAt: "{starts_at}", endsAt: "{ends_at}"}}'


@pytest.mark.parametrize(
    ("ends_at", "slots"),
    [
        ("2030-01-01T01:00:00Z", 4),
        ("2030-01-02T00:00:00Z", 96),
        ("2030-01-01T01:00:00+01:00", 1),
        ("2030-01-01T02:00:00+01:00", 4),
        ("2030-03-04T00:00:00Z", 62 * 96),
        # These are refused: there is nothing to do.
        ("2031-01-01T00:00:00Z", 1),
        ("2029-01-01T00:00:00Z", 1),
    ],
)
def test_a_change_of_a_calendar_costs_by_its_interval(ends_at: str, slots: int) -> None:
    given = interval(ends_at)
    work = 10 + math.ceil(slots / 2)
    assert cost(f"mutation {{ {OFFER.format(given, '')} }}") == (work, 0)
    assert cost(f"mutation {{ {WITHDRAW.format(given)} }}") == (work, 0)
    selected = "appointments { id provider { id } }"
    assert cost(f"mutation {{ {OFFER.format(given, selected)} }}") == (10 + math.ceil(2.5 * slots), 2 * slots)
    within = "{providerId: 1, startsAt: $a, endsAt: $b}"
    instants = {"a": "2030-01-01T00:00:00Z", "b": ends_at}
    for variables, text, values in (
        ("$i: OfferAppointmentsInput!", "$i", {"i": {"startsAt": instants["a"], "endsAt": ends_at}}),
        ("$a: DateTime!, $b: DateTime!", within, instants),
        (f'$a: DateTime = "{instants["a"]}", $b: DateTime!', within, {"b": ends_at}),
    ):
        assert cost(f"mutation({variables}) {{ {OFFER.format(text, '')} }}", **values) == (work, 0)


@pytest.mark.parametrize("value", [None, 1, "then", [], {}, {"startsAt": 1, "endsAt": "then"}, {"startsAt": None}])
def test_an_interval_that_is_none_costs_as_one_slot(value: Any) -> None:
    query = f"mutation($i: OfferAppointmentsInput!) {{ {OFFER.format('$i', 'appointments { id }')} }}"
    assert cost(query, i=value) == (12, 1)


def test_offering_as_long_as_is_allowed_is_affordable(settings: Any) -> None:
    longest = interval("2030-03-04T00:00:00Z")
    assert cost_of(f"mutation {{ {OFFER.format(longest, '')} }}").requested < settings.GRAPHQL_MAX_COST
    assert cost_of(f"mutation {{ {WITHDRAW.format(longest)} }}").requested < settings.GRAPHQL_MAX_COST
    week = interval("2030-01-08T00:00:00Z")
    assert cost_of(f"mutation {{ {OFFER.format(week, 'appointments { id provider { id } }')} }}").requested < 2000


def test_the_cost_is_reported_when_the_header_requests_it(post: Post, db: None) -> None:
    body = {"query": "{ providers(first: 3) { nodes { id } } }"}
    data = {"providers": {"nodes": []}}
    assert post(body).json() == {"data": data}
    cost = {
        "requested": 4,
        "limit": 5000,
        "nodes": 3,
        "nodeLimit": 10_000,
        "values": 3,
        "valueLimit": 20_000,
        "bytes": bytes_of_ids(3),
        "byteLimit": 32 * 2**20,
    }
    assert post(body, **{"GraphQL-Cost": "report"}).json() == {"data": data, "extensions": {"cost": cost}}


def test_only_the_operation_that_is_executed_counts(post: Post) -> None:
    query = "query A { viewer { isStaff } } query B { providers(first: 100000) { nodes { id } } }"
    assert post({"query": query, "operationName": "A"}).json() == {"data": {"viewer": {"isStaff": False}}}
    assert refusal(post({"query": query, "operationName": "B"})) == (200, "QUERY_TOO_COMPLEX")
