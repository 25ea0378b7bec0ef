"""Registering and changing clients."""

import pytest

from reservation.domain.caller import ANONYMOUS
from reservation.domain.client import register_client, update_client
from reservation.domain.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from reservation.models import Client
from tests.factories import NOW, caller, make_client, make_hold, make_provider, make_user, staff
from tests.rows import all_rows, refused

pytestmark = pytest.mark.django_db

WRONG = [
    ("name", ""),
    ("name", " \t\n"),
    ("name", "nu\0l"),
    ("name", "x" * 201),
    ("name", "x" * 300),
    ("time_zone", "Europe/Atlantis"),
    ("time_zone", "europe/paris"),
    ("time_zone", "../UTC"),
    ("time_zone", ""),
    ("time_zone", "x" * 300),
]


def test_register_client_makes_the_client_of_an_account() -> None:
    user = make_user()
    client = register_client(user=user, name="Zoë 李", time_zone="Asia/Kathmandu", now=NOW)
    assert Client.objects.values().get() == {
        "id": client.pk,
        "user_id": user.pk,
        "name": "Zoë 李",
        "folded_name": "zoe 李",
        "phone": "",
        "time_zone": "Asia/Kathmandu",
        "created_at": NOW,
        "claim_count": 0,
    }


def test_register_client_uses_utc_by_default() -> None:
    assert register_client(user=make_user(), name="x" * 200, now=NOW).time_zone == "UTC"


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_register_client_refuses(field: str, value: str) -> None:
    user, arguments = make_user(), {"name": "Some Client", field: value}
    with refused(InvalidInput, field=field):
        register_client(user=user, now=NOW, **arguments)


@pytest.mark.parametrize("is_staff", [False, True])
def test_update_client_changes_what_is_given(is_staff: bool) -> None:
    client = make_client(name="Before", time_zone="Europe/Paris")
    before = Client.objects.values().get()
    who = staff() if is_staff else caller(client)
    update_client(caller=who, client_id=client.pk, phone="+977 1 4200000", now=NOW)
    assert Client.objects.values().get() == {**before, "phone": "+977 1 4200000"}
    update_client(caller=who, client_id=client.pk, name="After", phone="", time_zone="UTC", now=NOW)
    assert Client.objects.values().get() == {
        **before,
        "name": "After",
        "folded_name": "after",
        "time_zone": "UTC",
    }


def test_space_around_a_name_and_a_phone_is_stripped() -> None:
    client = make_client(name="  Ada ")
    update_client(caller=caller(client), client_id=client.pk, phone=" 1 2 ", now=NOW)
    client.refresh_from_db()
    assert (client.name, client.phone) == ("Ada", "1 2")


def test_update_client_without_anything_changes_nothing() -> None:
    client = make_client()
    before = all_rows()
    assert update_client(caller=caller(client), client_id=client.pk, now=NOW) == client
    assert all_rows() == before


@pytest.mark.parametrize(("field", "value"), [*WRONG, ("phone", "1" * 41), ("phone", "1\0")])
def test_update_client_refuses(field: str, value: str) -> None:
    client = make_client()
    who, arguments = caller(client), {"client_id": client.pk, field: value}
    with refused(InvalidInput, field=field):
        update_client(caller=who, now=NOW, **arguments)


def test_a_provider_sees_its_client_but_may_not_change_it() -> None:
    hold = make_hold()
    who = caller(hold.provider)
    with refused(Forbidden, field="client_id"):
        update_client(caller=who, client_id=hold.client_id, name="Other", now=NOW)


def test_update_client_hides_the_client_from_strangers() -> None:
    client = make_client()
    for who in (caller(make_client()), caller(make_provider())):
        with refused(NotFound, field="client_id"):
            update_client(caller=who, client_id=client.pk, name="Other", now=NOW)
    with refused(Unauthenticated, field=None):
        update_client(caller=ANONYMOUS, client_id=client.pk, name="Other", now=NOW)


def test_update_client_refuses_an_unknown_client() -> None:
    who = staff()
    for client_id in (0, 2**63 - 1):
        with refused(NotFound, field="client_id"):
            update_client(caller=who, client_id=client_id, name="Other", now=NOW)
