"""updateClient: a client or staff change the client's data."""

import pytest

from tests.api.mutation.conftest import Change, Refuse, Reject
from tests.practice import CLIENT, Practice, gid
from tests.rows import all_rows


@pytest.mark.parametrize("who", ["client", "staff"])
def test_the_client_and_staff_change_it(who: str, changes: Change, practice: Practice) -> None:
    new = {"name": "Cleo 😀", "phone": "+33 1 23 45", "timeZone": "Africa/Cairo"}
    payload = changes("updateClient", caller=practice.who(who), select=CLIENT, clientId=gid(practice.client), **new)
    assert payload["client"] == {"id": gid(practice.client), "email": "cleo@example.com", **new}
    payload = changes("updateClient", caller=practice.who(who), select="phone", clientId=gid(practice.client), phone="")
    assert payload["client"] == {"phone": ""}


@pytest.mark.parametrize(
    ("who", "code"), [("provider", "FORBIDDEN"), ("other client", "NOT_FOUND"), ("other provider", "NOT_FOUND")]
)
def test_others_may_not_change_it(who: str, code: str, refuse: Refuse, practice: Practice) -> None:
    found = refuse("updateClient", caller=practice.who(who), clientId=gid(practice.client), name="Eve")
    assert found == (code, ["clientId"])


def test_a_field_that_is_omitted_or_null_stays(changes: Change, practice: Practice) -> None:
    before = all_rows()
    for nothing in ({}, dict.fromkeys(("name", "phone", "timeZone"))):
        changes("updateClient", caller=practice.who("client"), clientId=gid(practice.client), **nothing)
    assert all_rows() == before


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("name", wrong) for wrong in ("", "   ", "x" * 201, "x" * 300, "a\x00b")]
    + [("phone", wrong) for wrong in ("1" * 41, "1" * 300, "1\x002")],
    ids=lambda text: text[:20],
)
def test_an_invalid_name_or_phone_is_refused(field: str, wrong: str, refuse: Refuse, practice: Practice) -> None:
    given = {"clientId": gid(practice.client), "timeZone": "Africa/Cairo", field: wrong}
    assert refuse("updateClient", caller=practice.who("client"), **given) == ("INVALID_INPUT", [field])


def test_an_unknown_time_zone_is_rejected(reject: Reject, practice: Practice) -> None:
    given = {"clientId": gid(practice.client), "timeZone": "Mars/Olympus"}
    assert reject("updateClient", caller=practice.who("client"), **given) == ["BAD_USER_INPUT"]
