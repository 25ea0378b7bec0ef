"""createService and updateService: staff adds and changes services."""

from typing import Any

import pytest

from tests.api.mutation.conftest import Change, Refuse, Reject
from tests.practice import PEOPLE, SERVICE, Practice, gid
from tests.rows import all_rows

BOTH = pytest.mark.parametrize("mutation", ["createService", "updateService"])


def given(mutation: str, practice: Practice, **fields: Any) -> dict[str, Any]:
    if mutation == "createService":
        return {"name": "Shaving", "durationMinutes": 45, **fields}
    return {"serviceId": gid(practice.service), **fields}


def test_staff_adds_a_service(changes: Change, practice: Practice) -> None:
    payload = changes("createService", caller=practice.staff, select=SERVICE, **given("createService", practice))
    assert payload["service"].pop("id") != gid(practice.service)
    assert payload["service"] == {"name": "Shaving", "description": "", "durationMinutes": 45, "isActive": True}


def test_staff_changes_a_service(changes: Change, practice: Practice) -> None:
    new = {"name": "Shaving", "description": "😀", "durationMinutes": 480, "isActive": False}
    payload = changes("updateService", caller=practice.staff, select=SERVICE, serviceId=gid(practice.service), **new)
    assert payload["service"] == {"id": gid(practice.service), **new}


def test_a_field_that_is_omitted_or_null_stays(changes: Change, practice: Practice) -> None:
    before = all_rows()
    for nothing in ({}, dict.fromkeys(("name", "description", "durationMinutes", "isActive"))):
        changes("updateService", caller=practice.staff, serviceId=gid(practice.service), **nothing)
    assert all_rows() == before


def test_existing_reservations_keep_their_length(changes: Change, practice: Practice) -> None:
    before = all_rows()["Reservation"]
    changes("updateService", caller=practice.staff, serviceId=gid(practice.service), durationMinutes=60)
    assert all_rows()["Reservation"] == before


@BOTH
@pytest.mark.parametrize("who", [name for name in PEOPLE if name not in ("nobody", "staff")])
def test_others_may_not_add_or_change_services(who: str, mutation: str, refuse: Refuse, practice: Practice) -> None:
    assert refuse(mutation, caller=practice.who(who), **given(mutation, practice)) == ("FORBIDDEN", [])


@BOTH
@pytest.mark.parametrize("duration", [0, -15, 1, 14, 16, 40, 481, 495, 2**31 - 1, -(2**31)])
def test_a_duration_is_a_multiple_of_15_up_to_480(
    duration: int, mutation: str, refuse: Refuse, practice: Practice
) -> None:
    wrong = given(mutation, practice, durationMinutes=duration)
    assert refuse(mutation, caller=practice.staff, **wrong) == ("INVALID_INPUT", ["durationMinutes"])


@BOTH
@pytest.mark.parametrize("duration", [2**31, 10**100, 15.5, "15", True, [15], float("nan"), float("inf")])
def test_a_duration_that_is_no_integer_is_rejected(
    duration: Any, mutation: str, reject: Reject, practice: Practice
) -> None:
    wrong = given(mutation, practice, durationMinutes=duration)
    assert reject(mutation, caller=practice.staff, **wrong) == ["BAD_USER_INPUT"]


@BOTH
@pytest.mark.parametrize(
    ("field", "wrong"),
    [("name", wrong) for wrong in ("", " \t", "x" * 300, "a\x00b")]
    + [("description", wrong) for wrong in ("x" * 2001, "x" * 10_000, "a\x00b")],
    ids=lambda text: text[:20],
)
def test_an_invalid_name_or_description_is_refused(
    field: str, wrong: str, mutation: str, refuse: Refuse, practice: Practice
) -> None:
    code = refuse(mutation, caller=practice.staff, **given(mutation, practice, **{field: wrong}))
    assert code == ("INVALID_INPUT", [field])
