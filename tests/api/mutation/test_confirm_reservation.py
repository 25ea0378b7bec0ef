"""confirmReservation: its client or staff turn a hold into a booking."""

from datetime import timedelta

import pytest

from reservation.models import Appointment
from tests.api.mutation.conftest import Change, Refuse
from tests.factories import NOW, minutes
from tests.practice import Practice, gid, make_cancelled
from tests.rows import all_rows

EXPIRED_AT = NOW + minutes(30)


@pytest.mark.parametrize("who", ["client", "staff"])
def test_the_client_and_staff_confirm_a_hold(who: str, changes: Change, practice: Practice) -> None:
    select = "status expiresAt confirmedAt appointments { id isOpen }"
    now = EXPIRED_AT - timedelta(microseconds=1)
    given = {"caller": practice.who(who), "now": now, "reservationId": gid(practice.hold)}
    assert changes("confirmReservation", select=select, **given)["reservation"] == {
        "status": "CONFIRMED",
        "expiresAt": None,
        "confirmedAt": "2030-01-01T12:29:59.999999Z",
        "appointments": [{"id": gid(slot), "isOpen": False} for slot in practice.slots[:2]],
    }
    assert Appointment.objects.free_at(NOW + timedelta(days=365)).count() == 12


@pytest.mark.parametrize(
    ("who", "code"), [("provider", "FORBIDDEN"), ("other client", "NOT_FOUND"), ("other provider", "NOT_FOUND")]
)
def test_others_may_not_confirm_it(who: str, code: str, refuse: Refuse, practice: Practice) -> None:
    found = refuse("confirmReservation", caller=practice.who(who), reservationId=gid(practice.hold))
    assert found == (code, ["reservationId"])


def test_confirming_twice_is_harmless(changes: Change, practice: Practice) -> None:
    before = all_rows()
    given = {"caller": practice.who("client"), "now": EXPIRED_AT + timedelta(days=9), "select": "status confirmedAt"}
    payload = changes("confirmReservation", reservationId=gid(practice.booking), **given)
    assert payload["reservation"] == {"status": "CONFIRMED", "confirmedAt": "2030-01-01T12:01:00Z"}
    assert all_rows() == before


def test_an_expired_hold_is_not_confirmed(refuse: Refuse, practice: Practice) -> None:
    given = {"caller": practice.who("client"), "reservationId": gid(practice.hold)}
    assert refuse("confirmReservation", now=EXPIRED_AT, **given) == ("HOLD_EXPIRED", ["reservationId"])


def test_a_cancelled_reservation_is_not_confirmed(refuse: Refuse, practice: Practice) -> None:
    (cancelled,) = make_cancelled(practice.client, practice.provider)
    code = refuse("confirmReservation", caller=practice.who("client"), reservationId=gid(cancelled))
    assert code == ("INVALID_TRANSITION", ["reservationId"])
