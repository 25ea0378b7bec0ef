"""client and clients: who reserves appointments, and who may see them."""

from typing import Any

import pytest

from tests.factories import make_client, make_user
from tests.practice import CLIENT, PEOPLE, RESERVATION, Ask, Practice, gid, make_cancelled

FULL = f"{CLIENT} reservations {{ edges {{ cursor node {{ {RESERVATION} }} }} totalCount }}"
ONE = "query($id: ID!) { client(id: $id) { name reservations { totalCount } } }"
CLIENTS = "query($f: ClientFilter) { clients(filter: $f) { nodes { name } totalCount } }"


def names(answer: Any) -> list[str]:
    found = answer.data["clients"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["name"] for node in found["nodes"]]


def test_client(ask: Ask, practice: Practice, readable: Any, snapshot: Any) -> None:
    answer = ask(
        f"query($id: ID!) {{ client(id: $id) {{ {FULL} }} }}", caller=practice.who("client"), id=gid(practice.client)
    )
    assert answer.errors == []
    assert readable(answer.data) == snapshot


def test_clients(ask: Ask, practice: Practice, readable: Any, snapshot: Any) -> None:
    page = f"edges {{ cursor node {{ {CLIENT} reservations {{ totalCount }} }} }} nodes {{ id }} totalCount"
    info = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    answer = ask(f"{{ clients {{ {page} {info} }} }}", caller=practice.staff)
    assert answer.errors == []
    assert readable(answer.data) == snapshot


@pytest.mark.parametrize("who", PEOPLE)
def test_a_client_is_visible_to_itself_to_its_providers_and_to_staff(who: str, ask: Ask, practice: Practice) -> None:
    answer = ask(ONE, caller=practice.who(who), id=gid(practice.client))
    known = {"name": "Cleo", "reservations": {"totalCount": 2}}
    is_known = who in ("client", "provider", "staff")
    assert (answer.data, answer.errors) == ({"client": known if is_known else None}, [])


def test_a_client_without_reservations_is_not_visible_to_providers(ask: Ask, practice: Practice) -> None:
    answer = ask(ONE, caller=practice.who("provider"), id=gid(practice.other_client))
    assert (answer.data, answer.errors) == ({"client": None}, [])


def test_a_provider_sees_only_its_own_reservations_of_a_client(ask: Ask, practice: Practice) -> None:
    make_cancelled(practice.client, practice.other_provider)
    for who, count in (("provider", 2), ("other provider", 1), ("client", 3), ("staff", 3)):
        answer = ask(ONE, caller=practice.who(who), id=gid(practice.client))
        assert answer.data == {"client": {"name": "Cleo", "reservations": {"totalCount": count}}}


def test_reservations_of_a_client_are_filtered(ask: Ask, practice: Practice) -> None:
    make_cancelled(practice.client, practice.other_provider)
    document = """query($id: ID!, $f: ReservationFilter) {
        client(id: $id) { reservations(filter: $f) { nodes { status } totalCount } }
    }"""
    for conditions, found in (
        ({"status": ["CONFIRMED"]}, ["CONFIRMED"]),
        ({"providerId": gid(practice.other_provider)}, ["CANCELLED"]),
        ({"clientId": gid(practice.other_client)}, []),
        ({"status": []}, []),
    ):
        answer = ask(document, caller=practice.staff, id=gid(practice.client), f=conditions)
        listed = answer.data["client"]["reservations"]
        assert ([node["status"] for node in listed["nodes"]], listed["totalCount"]) == (found, len(found))


@pytest.mark.parametrize("who", [name for name in PEOPLE if name != "staff"])
def test_clients_is_for_staff_only(who: str, ask: Ask, practice: Practice) -> None:
    for conditions in (None, {"search": "Cleo"}):
        answer = ask(CLIENTS, caller=practice.who(who), f=conditions)
        assert (answer.data, answer.codes) == (None, ["FORBIDDEN"])


def test_clients_are_searched_by_a_part_of_the_name_or_the_address(ask: Ask, practice: Practice) -> None:
    make_client(name="100% Eve", user=make_user(email="under_score@example.com"))
    for search, found in (
        (None, ["100% Eve", "Cleo", "Dora"]),
        ("cleo@", ["Cleo"]),
        ("DOR", ["Dora"]),
        ("%", ["100% Eve"]),
        ("_", ["100% Eve"]),
        ("\\", []),
    ):
        assert names(ask(CLIENTS, caller=practice.staff, f={"search": search})) == found


@pytest.mark.parametrize("search", ["x" * 60_000, "\x00"], ids=["longer than any name", "NUL"])
def test_an_invalid_search_is_refused(search: str, ask: Ask, practice: Practice) -> None:
    answer = ask(CLIENTS, caller=practice.staff, f={"search": search})
    assert (answer.data, answer.codes) == (None, ["BAD_USER_INPUT"])
