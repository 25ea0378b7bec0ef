"""completeReservation and markReservationNoShow: its provider or staff record how a booking ended."""

from datetime import timedelta

import pytest

from tests.api.mutation.conftest import Change, Refuse
from tests.api.mutation.inputs import LATER
from tests.factories import minutes
from tests.practice import Practice, gid

ENDINGS = pytest.mark.parametrize(
    ("mutation", "status"), [("completeReservation", "COMPLETED"), ("markReservationNoShow", "NO_SHOW")]
)
WRONG = ("INVALID_TRANSITION", ["reservationId"])


@ENDINGS
@pytest.mark.parametrize("who", ["provider", "staff"])
def test_the_provider_and_staff_record_it_from_the_start_on(
    who: str, mutation: str, status: str, changes: Change, practice: Practice
) -> None:
    given = {"caller": practice.who(who), "now": practice.booking.starts_at, "select": "status appointments { id }"}
    payload = changes(mutation, reservationId=gid(practice.booking), **given)
    held = [{"id": gid(slot)} for slot in practice.slots[4:6]]
    assert payload == {"reservation": {"status": status, "appointments": held}}


@ENDINGS
@pytest.mark.parametrize(
    ("who", "code"), [("client", "FORBIDDEN"), ("other client", "NOT_FOUND"), ("other provider", "NOT_FOUND")]
)
def test_others_may_not_record_it(
    who: str, code: str, mutation: str, status: str, refuse: Refuse, practice: Practice
) -> None:
    found = refuse(mutation, caller=practice.who(who), now=LATER, reservationId=gid(practice.booking))
    assert found == (code, ["reservationId"])


@ENDINGS
def test_it_is_recorded_once_and_not_before_the_start(
    mutation: str, status: str, changes: Change, refuse: Refuse, practice: Practice
) -> None:
    given = {"caller": practice.who("provider"), "reservationId": gid(practice.booking)}
    start = practice.booking.starts_at
    assert refuse(mutation, now=start - timedelta(microseconds=1), **given) == WRONG
    changes(mutation, now=start, **given)
    for either in ("completeReservation", "markReservationNoShow"):
        assert refuse(either, now=LATER, **given) == WRONG


@ENDINGS
def test_a_hold_is_neither_completed_nor_a_no_show(
    mutation: str, status: str, refuse: Refuse, practice: Practice
) -> None:
    for now in (practice.hold.created_at, practice.hold.starts_at + minutes(15)):
        given = {"caller": practice.who("provider"), "now": now, "reservationId": gid(practice.hold)}
        assert refuse(mutation, **given) == WRONG
