"""cancelReservation: its client, its provider or staff cancel a reservation."""

from datetime import timedelta
from typing import Any

import pytest

from reservation.models import Appointment
from tests.api.mutation.conftest import Change, Refuse
from tests.factories import NOW, minutes
from tests.practice import Practice, gid


@pytest.mark.parametrize("who", ["client", "provider", "staff"])
@pytest.mark.parametrize("which", ["hold", "booking"])
def test_client_provider_and_staff_cancel_it_and_its_time_is_open(
    which: str, who: str, changes: Change, practice: Practice
) -> None:
    one = getattr(practice, which)
    held = list(Appointment.objects.filter(reservation=one))
    select = "status startsAt expiresAt cancelledAt cancelReason appointments { id }"
    given = {"caller": practice.who(who), "reservationId": gid(one), "reason": "Rain. 😀"}
    assert changes("cancelReservation", select=select, **given)["reservation"] == {
        "status": "CANCELLED",
        "startsAt": one.starts_at.isoformat().replace("+00:00", "Z"),
        "expiresAt": None,
        "cancelledAt": "2030-01-01T12:00:00Z",
        "cancelReason": "Rain. 😀",
        "appointments": [],
    }
    assert set(held) <= set(Appointment.objects.free_at(NOW).filter(reservation=None))


@pytest.mark.parametrize("who", ["other client", "other provider"])
def test_for_others_it_does_not_exist(who: str, refuse: Refuse, practice: Practice) -> None:
    code = refuse("cancelReservation", caller=practice.who(who), reservationId=gid(practice.booking))
    assert code == ("NOT_FOUND", ["reservationId"])


def test_a_reason_is_optional(changes: Change, practice: Practice) -> None:
    given = {"caller": practice.staff, "reservationId": gid(practice.booking), "select": "cancelReason"}
    assert changes("cancelReservation", **given) == {"reservation": {"cancelReason": None}}


@pytest.mark.parametrize("reason", ["x" * 2001, "x" * 10_000, "a\x00b"], ids=["2,001", "10,000", "NUL"])
def test_an_invalid_reason_is_refused(reason: Any, refuse: Refuse, practice: Practice) -> None:
    given = {"reservationId": gid(practice.booking), "reason": reason}
    assert refuse("cancelReservation", caller=practice.who("client"), **given) == ("INVALID_INPUT", ["reason"])


def test_it_is_too_late_once_it_has_started(changes: Change, refuse: Refuse, practice: Practice) -> None:
    start = practice.booking.starts_at
    given = {"caller": practice.who("client"), "reservationId": gid(practice.booking)}
    assert refuse("cancelReservation", now=start, **given) == ("TOO_LATE_TO_CANCEL", ["reservationId"])
    changes("cancelReservation", now=start - timedelta(microseconds=1), **given)


def test_an_expired_or_cancelled_reservation_is_not_cancelled(
    changes: Change, refuse: Refuse, practice: Practice
) -> None:
    gone = ("INVALID_TRANSITION", ["reservationId"])
    given = {"caller": practice.who("client"), "reservationId": gid(practice.hold)}
    assert refuse("cancelReservation", now=NOW + minutes(30), **given) == gone
    changes("cancelReservation", **given)
    assert refuse("cancelReservation", **given) == gone
