"""service and services: what providers offer."""

from typing import Any

import pytest

from tests.factories import make_service
from tests.practice import PEOPLE, PROVIDER, SERVICE, Ask, Practice, gid

FULL = f"{SERVICE} providers {{ edges {{ cursor node {{ {PROVIDER} }} }} totalCount }}"
SERVICES = "query($f: ServiceFilter) { services(filter: $f) { nodes { name } totalCount } }"


def names(answer: Any) -> list[str]:
    found = answer.data["services"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["name"] for node in found["nodes"]]


def test_service(ask: Ask, practice: Practice, readable: Any, snapshot: Any) -> None:
    answer = ask(f"query($id: ID!) {{ service(id: $id) {{ {FULL} }} }}", id=gid(practice.service))
    assert answer.errors == []
    assert readable(answer.data) == snapshot


def test_services(ask: Ask, practice: Practice, readable: Any, snapshot: Any) -> None:
    make_service(name="Colouring", duration_minutes=480, is_active=False)
    page = f"edges {{ cursor node {{ {FULL} }} }} nodes {{ id }} totalCount"
    info = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    answer = ask(f"{{ services {{ {page} {info} }} }}")
    assert answer.errors == []
    assert readable(answer.data) == snapshot


@pytest.mark.parametrize("who", PEOPLE)
def test_every_caller_sees_services(who: str, ask: Ask, practice: Practice) -> None:
    answer = ask(
        "query($id: ID!) { service(id: $id) { name } services { totalCount } }",
        caller=practice.who(who),
        id=gid(practice.service),
    )
    assert answer.data == {"service": {"name": "Cutting"}, "services": {"totalCount": 1}}


def test_services_are_filtered_by_name_and_provider(ask: Ask, practice: Practice) -> None:
    make_service(name="100% care")
    assert names(ask(SERVICES, f={})) == ["100% care", "Cutting"]
    assert names(ask(SERVICES, f={"search": "%"})) == ["100% care"]
    assert names(ask(SERVICES, f={"search": "CUT"})) == ["Cutting"]
    assert names(ask(SERVICES, f={"providerId": gid(practice.provider)})) == ["Cutting"]
    assert names(ask(SERVICES, f={"providerId": gid(practice.provider), "search": "care"})) == []
    assert names(ask(SERVICES, f={"providerId": gid(practice.other_provider)})) == []


@pytest.mark.parametrize(
    "wrong", [{"search": "x" * 60_000}, {"search": "\x00"}, {"providerId": "garbage"}, {"providerId": "U2VydmljZTox"}]
)
def test_an_invalid_filter_is_refused(wrong: dict[str, str], ask: Ask, practice: Practice) -> None:
    answer = ask(SERVICES, f=wrong)
    assert (answer.data, answer.codes) == (None, ["BAD_USER_INPUT"])
