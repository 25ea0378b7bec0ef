"""No error message repeats a value of the request, which may be personal data; names in the document may appear."""

from typing import Any

import pytest

from tests.conftest import Post

SECRET = "canary-4711"
RESERVE = "mutation($i: ReserveAppointmentInput!) { reserveAppointment(input: $i) { userErrors { code } } }"
WINDOW = "query($f: OpenAppointmentFilter!) { openAppointments(filter: $f) { totalCount } }"
BODIES: dict[str, Any] = {
    "an Int": {"query": "query($v: Int) { providers(first: $v) { totalCount } }", "variables": {"v": SECRET}},
    "a Boolean": {
        "query": "query($v: Boolean!) { viewer { isStaff @skip(if: $v) } }",
        "variables": {"v": SECRET},
    },
    "a String": {
        "query": "query($v: String) { providers(filter: {search: $v}) { totalCount } }",
        "variables": {"v": {"a": SECRET}},
    },
    "an enum": {
        "query": "query($v: ReservationFilter) { reservations(filter: $v) { totalCount } }",
        "variables": {"v": {"status": [SECRET]}},
    },
    "a DateTime": {"query": WINDOW, "variables": {"f": {"startsFrom": SECRET, "startsBefore": SECRET}}},
    "beside a missing field": {"query": RESERVE, "variables": {"i": {"note": SECRET}}},
    "a string for an object": {"query": RESERVE, "variables": {"i": SECRET}},
    "the name of an operation": {"query": "{ viewer { isStaff } }", "operationName": SECRET},
    "a string where none is expected": {"query": f'{{ viewer "{SECRET}" }}'},
    "a block string where none is expected": {"query": f'{{ viewer """{SECRET}""" }}'},
    "an id": {"query": "query($id: ID!) { node(id: $id) { id } }", "variables": {"id": SECRET}},
    "a cursor": {"query": f'{{ providers(after: "{SECRET}") {{ totalCount }} }}'},
    "invalid JSON": f"{SECRET}",
    "a list for the body": [SECRET],
    "a hash": {"documentId": SECRET},
}


@pytest.mark.parametrize("name", BODIES)
def test_errors_do_not_repeat(name: str, post: Post, db: None) -> None:
    response = post(BODIES[name])
    assert response.json()["errors"]
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("an Int", "Variable '$v' does not fit. Int is expected."),
        ("an enum", "Variable '$v' does not fit at v.status[0]. ReservationStatus is expected."),
        (
            "a DateTime",
            "Variable '$f' does not fit at f.startsFrom. An instant is written as RFC 3339 with an offset, such as "
            "2030-01-31T09:00:00+01:00.",
        ),
        (
            "beside a missing field",
            "Variable '$i' does not fit. Field 'appointmentId' of required type 'ID!' was not provided.",
        ),
        ("a string where none is expected", "Syntax Error: Expected Name, found String."),
        ("the name of an operation", "The document has no operation of this name."),
    ],
)
def test_errors_say_what_is_wrong(body: str, message: str, post: Post) -> None:
    assert post(BODIES[body]).json()["errors"][0]["message"] == message


def test_only_the_first_errors_are_listed(post: Post) -> None:
    body = {
        "query": "query($v: ReservationFilter) { reservations(filter: $v) { totalCount } }",
        "variables": {"v": {"status": ["x"] * 50}},
    }
    assert len(post(body).json()["errors"]) == 10


LONG = "a" * 13_000
IDS = "query($a: [ID!]!) { nodes(ids: $a) { id } }"
FILTER = "query($a: ReservationFilter) { reservations(filter: $a) { nodes { id } } }"
DATES = "query($a: DateTime!) { openAppointments(filter: {startsFrom: $a, startsBefore: $a}) { nodes { id } } }"
LONG_BODIES: dict[str, Any] = {
    "a field": {"query": f"{{ {LONG} }}"},
    "an argument": {"query": f"{{ viewer {{ isStaff({LONG}: 1) }} }}"},
    "an enum": {"query": f"{{ appointment(id: {LONG}) {{ id }} }}"},
    "a variable": {"query": f"query(${LONG}: Int!) {{ viewer {{ isStaff }} }}"},
    "a key": {"query": FILTER, "variables": {"a": {LONG * 8: 1}}},
    "values": {"query": FILTER, "variables": {"a": {"status": [LONG[:1000]] * 100}}},
    "an instant": {"query": DATES, "variables": {"a": LONG * 8}},
    "the name of an operation": {"query": "{ viewer { isStaff } }", "operationName": LONG * 8},
    "ids": {"query": IDS, "variables": {"a": [LONG[:1000]] * 100}},
}


@pytest.mark.parametrize("name", LONG_BODIES)
def test_a_message_does_not_repeat_a_long_input(name: str, post: Post) -> None:
    response = post(LONG_BODIES[name])
    assert all(10 < len(error["message"]) <= 500 for error in response.json()["errors"])
    assert len(response.content) < 20_000
