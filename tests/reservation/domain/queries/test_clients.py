"""Finding clients, for staff."""

from typing import Any

import pytest

from reservation.domain.caller import ANONYMOUS
from reservation.domain.client import update_client
from reservation.domain.erasure import erase_client
from reservation.domain.errors import Forbidden, InvalidInput
from reservation.domain.queries.clients import find_clients, suggest_clients
from reservation.models import Client
from tests.factories import NOW, caller, make_client, make_hold, make_provider, make_user, staff
from tests.rows import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db: None) -> None:
    for name, email, phone in (
        ("Ada Berg", "first@example.com", "+49 30 4711"),
        ("Bela Adams", "second@example.com", "(030) 99"),
        ("Cleo Nada", "ada@example.org", ""),
        ("Élodie Costa", "costa@example.org", "0170 4711"),
    ):
        client = make_client(name=name, user=make_user(email=email))
        update_client(caller=caller(client), client_id=client.pk, phone=phone, now=NOW)


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("ada", ["Ada Berg", "Cleo Nada", "Bela Adams"]),  # a name, an address, another word of a name
        ("ADA b", ["Ada Berg"]),
        (" berg ", ["Ada Berg"]),
        ("costa@", ["Élodie Costa"]),
        ("4711", ["Ada Berg", "Élodie Costa"]),
        ("+49 30", ["Ada Berg"]),
        ("(030", ["Bela Adams"]),
        ("elsewhere", []),
        ("%", []),
        ("a_a", []),
        ("", []),
        ("  ", []),
    ],
)
def test_suggest_clients_matches_beginnings_of_words(search: str, names: list[str], people: None) -> None:
    assert [client.name for client in suggest_clients(caller=staff(), search=search, limit=10)] == names


@pytest.mark.parametrize("search", ["zoe@b\u00fccher", "ZOE@B\u00dccher.example", "zoe@xn--bcher-kva.exa", "Zoe@"])
def test_clients_are_found_by_their_address_in_each_spelling(search: str, people: None) -> None:
    client = make_client(user=make_user(email="Zoe@b\u00fccher.example"))
    assert suggest_clients(caller=staff(), search=search, limit=10) == [client]
    assert list(find_clients(caller=staff(), search=search)) == [client]


def test_suggest_clients_returns_no_more_than_the_limit_and_no_client_twice(people: None) -> None:
    make_client(name="Ada Adams", user=make_user(email="ada.adams@example.com"))
    found = [client.name for client in suggest_clients(caller=staff(), search="ada", limit=3)]
    assert found == ["Ada Adams", "Ada Berg", "Cleo Nada"]


def test_suggest_clients_leaves_out_the_erased_client() -> None:
    hold = make_hold()
    erase_client(caller=staff(), client_id=hold.client_id, now=NOW)
    assert Client.objects.get().name == "Erased client"
    assert suggest_clients(caller=staff(), search="erased", limit=10) == []


@pytest.mark.parametrize("number", [1, 8])
def test_suggest_clients_costs_the_same_for_any_number(number: int, django_assert_num_queries: Any) -> None:
    for _ in range(number):
        make_client(name="Zoe Quartz")
    who = staff()
    with django_assert_num_queries(4):
        assert {client.user.email[:6] for client in suggest_clients(caller=who, search="quartz", limit=10)} == {
            "person"
        }


def test_suggest_clients_is_for_staff() -> None:
    for who in (caller(make_client()), caller(make_provider())):
        with refused(Forbidden, field=None):
            suggest_clients(caller=who, search="a", limit=10)
    who = staff()
    with refused(InvalidInput, field="search"):
        suggest_clients(caller=who, search="a" * 201, limit=10)


@pytest.mark.parametrize(
    ("search", "expected"),
    [(None, "ABC"), ("lovelace", "A"), ("ACE", "AB"), ("grace@", "B"), ("%", "C"), ("_", ""), ("", "ABC")],
)
def test_find_clients_searches_names_and_addresses_whatever_their_case(search: str | None, expected: str) -> None:
    make_client(name="Ada Lovelace", user=make_user(email="a@example.com"))
    make_client(name="Barbara", user=make_user(email="grace@example.com"))
    make_client(name="Carl 100%", user=make_user(email="c@example.com"))
    found = find_clients(caller=staff(), search=search)
    assert "".join(sorted(client.name[0] for client in found)) == expected


def test_find_clients_is_for_staff() -> None:
    for who in (caller(make_client()), caller(make_provider()), ANONYMOUS):
        with refused(Forbidden, field=None):
            find_clients(caller=who)


def test_find_clients_refuses_a_search_that_fits_no_name() -> None:
    who = staff()
    assert list(find_clients(caller=who, search="x" * 200)) == []
    with refused(InvalidInput, field="search"):
        find_clients(caller=who, search="x" * 201)


@pytest.mark.parametrize(
    ("name", "searches"),
    [
        ("José Nuñez", ["José Nuñez", "Jose\u0301 Nun\u0303ez", "jose nunez", "JOSÉ", "nuñez"]),
        ("Jose\u0301 Nun\u0303ez", ["José Nuñez", "Jose\u0301 Nun\u0303ez", "jose"]),
        ("Anna Weiß", ["weiss", "WEISS", "weiß"]),
        ("Bo 🍺", ["🍺", "bo 🍺"]),
    ],
)
def test_searches_ignore_case_and_accents_and_how_they_are_encoded(name: str, searches: list[str]) -> None:
    client, who = make_client(name=name), staff()
    make_client(name="Someone Else 🍣")
    for search in searches:
        assert [*find_clients(caller=who, search=search)] == [client], search
        assert suggest_clients(caller=who, search=search, limit=5) == [client], search
    for search in ("🍕", "josie", "weis s"):
        assert [*find_clients(caller=who, search=search)] == []


def test_a_search_for_an_address_ignores_case() -> None:
    client, who = make_client(user=make_user(email="zoe@example.com")), staff()
    make_client()
    for search in ("ZOE@", "zoe@Example"):
        assert [*find_clients(caller=who, search=search)] == [client]
        assert suggest_clients(caller=who, search=search, limit=5) == [client]
