"""node and nodes: any object by its id, if the caller may see it."""

from typing import Any

import pytest

from api.types.ids import to_global_id
from tests.practice import APPOINTMENT, CLIENT, PEOPLE, PROVIDER, RESERVATION, SERVICE, Ask, Practice, gid

NODE = f"""query($id: ID!) {{ node(id: $id) {{
    __typename id
    ... on Provider {{ {PROVIDER} }} ... on Service {{ {SERVICE} }} ... on Client {{ {CLIENT} }}
    ... on Appointment {{ {APPOINTMENT} }} ... on Reservation {{ {RESERVATION} }}
}} }}"""
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
PUBLIC = ("Provider", "Service", "Appointment")
VISIBLE_TO = {"Client": {"client", "provider", "staff"}, "Reservation": {"client", "provider", "staff"}}


def one_of_each(practice: Practice) -> dict[str, str]:
    rows = (practice.provider, practice.service, practice.slots[8], practice.client, practice.booking)
    return {type(row).__name__: gid(row) for row in rows}


@pytest.mark.parametrize("noun", [*PUBLIC, *VISIBLE_TO])
def test_node_finds_an_object_of_every_type(
    noun: str, ask: Ask, practice: Practice, readable: Any, snapshot: Any
) -> None:
    answer = ask(NODE, caller=practice.staff, id=one_of_each(practice)[noun])
    assert answer.errors == []
    assert readable(answer.data) == snapshot


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("noun", [*PUBLIC, *VISIBLE_TO])
def test_node_is_null_for_an_object_that_the_caller_may_not_see(
    noun: str, who: str, ask: Ask, practice: Practice
) -> None:
    one = one_of_each(practice)[noun]
    is_visible = noun in PUBLIC or who in VISIBLE_TO[noun]
    node = {"__typename": noun, "id": one} if is_visible else None
    for document, key, value in (
        ("query($id: ID!) { node(id: $id) { __typename id } }", "id", one),
        (NODES, "ids", [one]),
    ):
        answer = ask(document, caller=practice.who(who), **{key: value})
        assert answer.errors == []
        assert answer.data == ({"node": node} if key == "id" else {"nodes": [node]})


@pytest.mark.parametrize("noun", [*PUBLIC, *VISIBLE_TO])
def test_an_unknown_id_is_null(noun: str, ask: Ask, practice: Practice) -> None:
    for key in (0, 10**9, 2**63 - 1):
        answer = ask(NODES, caller=practice.staff, ids=[to_global_id(noun, key)])
        assert (answer.data, answer.errors) == ({"nodes": [None]}, [])


def test_nodes(ask: Ask, practice: Practice, readable: Any, snapshot: Any) -> None:
    answer = ask(
        NODES, caller=practice.who("client"), ids=[*one_of_each(practice).values(), gid(practice.other_client)]
    )
    assert answer.errors == []
    assert readable(answer.data) == snapshot


def test_nodes_keeps_the_order_and_repeats(ask: Ask, practice: Practice) -> None:
    ids = list(one_of_each(practice).values())
    ids = [*ids[::-1], *ids]
    assert [node["id"] for node in ask(NODES, caller=practice.staff, ids=ids).data["nodes"]] == ids


def test_nodes_takes_one_statement_for_each_type(ask: Ask, practice: Practice, django_assert_num_queries: Any) -> None:
    ids = [gid(slot) for slot in practice.slots] + [gid(practice.provider), gid(practice.other_provider)]
    with django_assert_num_queries(2):
        assert len(ask(NODES, ids=ids).data["nodes"]) == 18


def test_nodes_returns_the_others_when_one_id_is_invalid(ask: Ask, practice: Practice) -> None:
    provider = gid(practice.provider)
    answer = ask(NODES, ids=[provider, "garbage", provider])
    assert answer.data == {"nodes": [{"__typename": "Provider", "id": provider}, None, {"__typename": "Provider", "id": provider}]}  # fmt: skip # noqa: E501
    assert (answer.codes, answer.errors[0].path) == (["BAD_USER_INPUT"], ["nodes", 1])


def test_nodes_accepts_at_most_a_hundred_ids(ask: Ask, practice: Practice) -> None:
    provider = gid(practice.provider)
    assert ask(NODES, ids=[]).data == {"nodes": []}
    assert len(ask(NODES, ids=[provider] * 100).data["nodes"]) == 100
    answer = ask(NODES, ids=[provider] * 101)
    assert (answer.data, answer.codes) == (None, ["BAD_USER_INPUT"])
