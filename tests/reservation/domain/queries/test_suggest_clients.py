"""Clients as one types, and the ones that staff adds."""

from typing import Any

import pytest

from reservation.domain.account import EmailTaken
from reservation.domain.client import create_client, suggest_clients, update_client
from reservation.domain.erasure import erase_client
from reservation.domain.errors import Forbidden, InvalidInput
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
def test_who_is_found(search: str, names: list[str], people: None) -> None:
    assert [client.name for client in suggest_clients(caller=staff(), search=search, limit=10)] == names


def test_no_more_are_found_than_asked_for_and_nobody_twice(people: None) -> None:
    make_client(name="Ada Adams", user=make_user(email="ada.adams@example.com"))
    found = [client.name for client in suggest_clients(caller=staff(), search="ada", limit=3)]
    assert found == ["Ada Adams", "Ada Berg", "Cleo Nada"]


def test_who_was_erased_is_not_found() -> None:
    hold = make_hold()
    erase_client(caller=staff(), client_id=hold.client_id, now=NOW)
    assert Client.objects.get().name == "Erased client"
    assert suggest_clients(caller=staff(), search="erased", limit=10) == []


@pytest.mark.parametrize("number", [1, 8])
def test_finding_costs_the_same_whatever_there_is(number: int, django_assert_num_queries: Any) -> None:
    for _ in range(number):
        make_client(name="Zoe Quartz")
    who = staff()
    with django_assert_num_queries(4):
        assert {client.user.email[:6] for client in suggest_clients(caller=who, search="quartz", limit=10)} == {
            "person"
        }


def test_searching_and_adding_are_for_staff() -> None:
    for who in (caller(make_client()), caller(make_provider())):
        with refused(Forbidden, field=None):
            suggest_clients(caller=who, search="a", limit=10)
        with refused(Forbidden, field=None):
            create_client(caller=who, name="Dora", email="dora@example.com", now=NOW)
    member = staff()
    with refused(InvalidInput, field="search"):
        suggest_clients(caller=member, search="a" * 201, limit=10)


def test_a_new_client_has_an_account_without_a_password() -> None:
    client = create_client(caller=staff(), name=" Dora ", email="Dora@Example.com", phone="4711", now=NOW)
    client = Client.objects.select_related("user").get(pk=client.pk)
    assert (client.name, client.phone, client.time_zone, client.created_at) == ("Dora", "4711", "UTC", NOW)
    assert (client.user.email, client.user.is_staff, client.user.has_usable_password()) == (
        "dora@example.com",
        False,
        False,
    )


def test_a_repeated_addition_makes_one_client() -> None:
    who, fields = staff(), {"name": "Dora", "email": "dora@example.com", "now": NOW}
    first, second = (create_client.once("k", caller=who, **fields) for _ in range(2))
    assert (first, Client.objects.count()) == (second, 1)


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"name": " "}, InvalidInput, "name"),
        ({"name": "a" * 201}, InvalidInput, "name"),
        ({"email": "nobody"}, InvalidInput, "email"),
        ({"phone": "1" * 41}, InvalidInput, "phone"),
        ({"email": "TAKEN@example.com"}, EmailTaken, "email"),
    ],
)
def test_what_is_wrong_with_a_new_client(changes: dict[str, str], error: Any, field: str) -> None:
    make_user(email="taken@example.com")
    who = staff()
    with refused(error, field=field):
        create_client(**{"caller": who, "name": "Dora", "email": "dora@example.com", "now": NOW, **changes})
