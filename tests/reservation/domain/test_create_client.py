"""Creating clients as staff."""

from typing import Any

import pytest
from django.db.models.signals import pre_save

from reservation.domain.client import create_client
from reservation.domain.errors import EmailTaken, Forbidden, InvalidInput
from reservation.models import Client, User
from tests.factories import NOW, caller, make_client, make_provider, make_user, staff
from tests.rows import refused

pytestmark = pytest.mark.django_db


def test_create_client_is_for_staff() -> None:
    for who in (caller(make_client()), caller(make_provider())):
        with refused(Forbidden, field=None):
            create_client(caller=who, name="Dora", email="dora@example.com", now=NOW)


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
        ({"email": "dora@\u2603.example"}, InvalidInput, "email"),
        ({"email": "\uff44ora@example.com"}, InvalidInput, "email"),
        ({"email": "taken@\uff45xample.com"}, EmailTaken, "email"),
        ({"phone": "1" * 41}, InvalidInput, "phone"),
        ({"email": "TAKEN@example.com"}, EmailTaken, "email"),
    ],
)
def test_create_client_refuses_invalid_fields(changes: dict[str, str], error: Any, field: str) -> None:
    make_user(email="taken@example.com")
    who = staff()
    with refused(error, field=field):
        create_client(**{"caller": who, "name": "Dora", "email": "dora@example.com", "now": NOW, **changes})


def test_an_address_that_is_taken_meanwhile_is_refused() -> None:
    def take_it(instance: User, **_: Any) -> None:
        pre_save.disconnect(take_it, sender=User)
        make_user(email=instance.email)

    who = staff()
    pre_save.connect(take_it, sender=User)
    try:
        with refused(EmailTaken, field="email"):
            create_client(caller=who, name="Dora", email="dora@example.com", now=NOW)
    finally:
        pre_save.disconnect(take_it, sender=User)
