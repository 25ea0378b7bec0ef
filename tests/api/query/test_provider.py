"""provider and providers: who offers appointments."""

from typing import Any

import pytest

from reservation.models import Provider
from tests.factories import make_appointments, make_provider, make_service
from tests.practice import APPOINTMENT, PEOPLE, PROVIDER, SERVICE, Ask, Practice, gid

FULL = f"""{PROVIDER}
    services {{ nodes {{ {SERVICE} }} totalCount }}
    openAppointments(startsFrom: "2030-01-02T00:00:00Z", startsBefore: "2030-01-03T00:00:00Z", first: 2) {{
        edges {{ cursor node {{ {APPOINTMENT} }} }} totalCount pageInfo {{ hasNextPage endCursor }}
    }}"""
PROVIDERS = "query($f: ProviderFilter) { providers(filter: $f) { nodes { name } totalCount } }"


def names(answer: Any) -> list[str]:
    found = answer.data["providers"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["name"] for node in found["nodes"]]


def test_provider(ask: Ask, practice: Practice, readable: Any, snapshot: Any) -> None:
    answer = ask(f"query($id: ID!) {{ provider(id: $id) {{ {FULL} }} }}", id=gid(practice.provider))
    assert answer.errors == []
    assert readable(answer.data) == snapshot


def test_providers(ask: Ask, practice: Practice, readable: Any, snapshot: Any) -> None:
    page = f"edges {{ cursor node {{ {FULL} }} }} nodes {{ id }} totalCount"
    info = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    answer = ask(f"{{ providers {{ {page} {info} }} }}")
    assert answer.errors == []
    assert readable(answer.data) == snapshot


@pytest.mark.parametrize("who", PEOPLE)
def test_every_caller_sees_providers(who: str, ask: Ask, practice: Practice) -> None:
    answer = ask(
        "query($id: ID!) { provider(id: $id) { name } providers { totalCount } }",
        caller=practice.who(who),
        id=gid(practice.provider),
    )
    assert answer.data == {"provider": {"name": "Anna"}, "providers": {"totalCount": 2}}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (None, ["100% Ann", "Bob_by", "Bobby", "back\\slash", "😀 Zoë"]),
        ("", ["100% Ann", "Bob_by", "Bobby", "back\\slash", "😀 Zoë"]),
        ("ANN", ["100% Ann"]),
        ("%", ["100% Ann"]),
        ("_", ["Bob_by"]),
        ("b_b", ["Bob_by"]),
        ("\\", ["back\\slash"]),
        ("😀", ["😀 Zoë"]),
        ("zoë", ["😀 Zoë"]),
        ("'; --", []),
        ("nobody", []),
    ],
)
def test_providers_are_searched_by_a_part_of_the_name(search: str, found: list[str], ask: Ask, db: None) -> None:
    for name in ("100% Ann", "Bobby", "Bob_by", "back\\slash", "😀 Zoë"):
        make_provider(name=name)
    assert sorted(names(ask(PROVIDERS, f={"search": search}))) == found


@pytest.mark.parametrize("search", ["%" * 60_000, "\x00", "A\x00"], ids=["longer than any name", "NUL", "NUL inside"])
def test_an_invalid_search_is_refused(search: str, ask: Ask, practice: Practice) -> None:
    answer = ask(PROVIDERS, f={"search": search})
    assert (answer.data, answer.codes) == (None, ["BAD_USER_INPUT"])


def test_providers_are_filtered_by_service_and_activity(ask: Ask, practice: Practice) -> None:
    make_provider(name="Carl", is_active=False, services=(practice.service,))
    offers = {"serviceId": gid(practice.service)}
    assert names(ask(PROVIDERS, f=offers)) == ["Anna", "Carl"]
    assert names(ask(PROVIDERS, f={**offers, "isActive": True})) == ["Anna"]
    assert names(ask(PROVIDERS, f={"isActive": False})) == ["Carl"]
    assert names(ask(PROVIDERS, f={**offers, "search": "arl", "isActive": False})) == ["Carl"]
    assert names(ask(PROVIDERS, f={"serviceId": gid(make_service())})) == []
    assert names(ask(PROVIDERS, f={"serviceId": None, "search": None, "isActive": None})) == ["Anna", "Bert", "Carl"]


@pytest.mark.parametrize("service_id", ["", "garbage", "UHJvdmlkZXI6MQ=="])
def test_a_filter_with_an_invalid_service_id_is_refused(service_id: str, ask: Ask, practice: Practice) -> None:
    answer = ask(PROVIDERS, f={"serviceId": service_id})
    assert (answer.data, answer.codes) == (None, ["BAD_USER_INPUT"])


def test_open_appointments_of_a_provider_are_its_own(ask: Ask, practice: Practice) -> None:
    make_appointments(practice.other_provider, number=2)
    document = """query($id: ID!, $s: ID) { provider(id: $id) { openAppointments(
        startsFrom: "2030-01-02T00:00:00Z", startsBefore: "2030-01-03T00:00:00Z", serviceId: $s
    ) { totalCount nodes { startsAt } } } }"""
    own = ask(document, id=gid(practice.other_provider)).data["provider"]["openAppointments"]
    assert own == {
        "totalCount": 2,
        "nodes": [{"startsAt": "2030-01-02T12:00:00Z"}, {"startsAt": "2030-01-02T12:15:00Z"}],
    }
    offered_by_another = ask(document, id=gid(practice.other_provider), s=gid(practice.service))
    assert offered_by_another.data["provider"]["openAppointments"]["totalCount"] == 0


def test_an_inactive_provider_has_no_open_appointments(ask: Ask, practice: Practice) -> None:
    Provider.objects.update(is_active=False)
    data = ask(f"query($id: ID!) {{ provider(id: $id) {{ {FULL} }} }}", id=gid(practice.provider)).data
    assert data["provider"]["openAppointments"]["totalCount"] == 0


@pytest.mark.parametrize("text", ["Jos\u00e9", "Jose\u0301", "jose", "JOSÉ N"])
def test_providers_and_services_are_searched_by_name_in_any_encoding(text: str, ask: Ask, db: None) -> None:
    for name in ("Jose\u0301 Nun\u0303ez", "Someone Else"):
        make_provider(name=name)
        make_service(name=name)
    query = """query($filter: ProviderFilter, $also: ServiceFilter) {
        providers(filter: $filter) { nodes { name } } services(filter: $also) { nodes { name } } }"""
    found = ask(query, filter={"search": text}, also={"search": text}).data
    expected = {"nodes": [{"name": "Jos\u00e9 Nu\u00f1ez"}]}
    assert found == {"providers": expected, "services": expected}
