"""createProvider: staff adds a provider, with an account."""

from typing import Any

import pytest

from reservation.models import User
from tests.api.mutation.conftest import Change, Refuse, Reject
from tests.factories import make_service
from tests.practice import PEOPLE, Practice, gid

EVE = {"name": "Eve", "email": "eve@example.com"}


def test_staff_adds_a_provider_with_an_account_that_has_no_password(changes: Change, practice: Practice) -> None:
    given = {**EVE, "email": " Eve@EXAMPLE.com ", "select": "name bio timeZone isActive services { totalCount }"}
    payload = changes("createProvider", caller=practice.staff, **given)
    assert payload["provider"] == {
        "name": "Eve",
        "bio": "",
        "timeZone": "UTC",
        "isActive": True,
        "services": {"totalCount": 0},
    }
    user = User.objects.get(email="eve@example.com")
    assert (user.has_usable_password(), user.is_staff, user.provider.name) == (False, False, "Eve")


def test_a_provider_may_be_given_services(changes: Change, practice: Practice) -> None:
    services = [gid(practice.service), gid(make_service(name="Shaving")), gid(practice.service)]
    given = {**EVE, "serviceIds": services, "select": "services { nodes { name } }"}
    payload = changes("createProvider", caller=practice.staff, **given)
    assert payload["provider"]["services"]["nodes"] == [{"name": "Cutting"}, {"name": "Shaving"}]


@pytest.mark.parametrize("who", [name for name in PEOPLE if name not in ("nobody", "staff")])
def test_others_may_not_add_a_provider(who: str, refuse: Refuse, practice: Practice) -> None:
    assert refuse("createProvider", caller=practice.who(who), **EVE) == ("FORBIDDEN", [])


@pytest.mark.parametrize("email", ["cleo@example.com", "CLEO@Example.Com", " cleo@example.com "])
def test_an_address_has_one_account(email: str, refuse: Refuse, practice: Practice) -> None:
    code = refuse("createProvider", caller=practice.staff, **{**EVE, "email": email})
    assert code == ("EMAIL_TAKEN", ["email"])


@pytest.mark.parametrize(
    ("field", "wrong"),
    [(field, wrong) for field in ("name", "email") for wrong in ("", "   ", "x" * 300, "a\x00b", "a\x00b@example.com")]
    + [("email", wrong) for wrong in ("eve", "eve@", "@example.com", "eve@example..com", "a b@example.com")]
    + [("email", "e" * 300 + "@example.com"), ("bio", "x" * 2001), ("bio", "x" * 10_000), ("bio", "a\x00b")],
    ids=lambda text: text[:20],
)
def test_an_invalid_name_address_or_bio_is_refused(field: str, wrong: str, refuse: Refuse, practice: Practice) -> None:
    given = {**EVE, field: wrong}
    assert refuse("createProvider", caller=practice.staff, **given) == ("INVALID_INPUT", [field])


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "europe/paris", "UTC+1", "\x00", "../etc/passwd", 5, []])
def test_an_unknown_time_zone_is_rejected(zone: Any, reject: Reject, practice: Practice) -> None:
    assert reject("createProvider", caller=practice.staff, **EVE, timeZone=zone) == ["BAD_USER_INPUT"]


def test_names_of_any_script_are_stored(changes: Change, practice: Practice) -> None:
    for number, name in enumerate(("😀" * 200, "Zoë O'Brien; --", "李小龍", "%_\\", "<b>")):
        given = {"name": name, "email": f"eve{number}@example.com", "select": "name"}
        assert changes("createProvider", caller=practice.staff, **given) == {"provider": {"name": name}}
