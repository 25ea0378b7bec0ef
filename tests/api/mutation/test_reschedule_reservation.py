"""rescheduleReservation: its client or staff move a reservation in one step."""

from datetime import timedelta
from typing import Any

import pytest

from reservation.models import Appointment
from tests.api.mutation.conftest import Change, Refuse
from tests.factories import NOW, make_appointments, minutes
from tests.practice import Practice, gid, make_cancelled
from tests.rows import all_rows


def to(practice: Practice, place: int, which: str = "booking") -> dict[str, str]:
    return {"reservationId": gid(getattr(practice, which)), "appointmentId": gid(practice.slots[place])}


@pytest.mark.parametrize("who", ["client", "staff"])
@pytest.mark.parametrize(("which", "freed"), [("hold", (0, 1)), ("booking", (4, 5))])
def test_the_client_and_staff_move_it_and_free_the_old_time(
    which: str, freed: tuple[int, int], who: str, changes: Change, practice: Practice
) -> None:
    select = "id status startsAt endsAt expiresAt appointments { id }"
    given = {"caller": practice.who(who), "now": NOW + minutes(5), "select": select}
    payload = changes("rescheduleReservation", **given, **to(practice, 8, which))
    assert payload["reservation"] == {
        "id": gid(getattr(practice, which)),
        "status": "PENDING" if which == "hold" else "CONFIRMED",
        "startsAt": "2030-01-02T14:00:00Z",
        "endsAt": "2030-01-02T14:30:00Z",
        "expiresAt": "2030-01-01T12:30:00Z" if which == "hold" else None,
        "appointments": [{"id": gid(slot)} for slot in practice.slots[8:10]],
    }
    free = Appointment.objects.free_at(NOW).filter(reservation=None)
    assert {practice.slots[place] for place in freed} <= set(free)


@pytest.mark.parametrize(
    ("who", "code"), [("provider", "FORBIDDEN"), ("other client", "NOT_FOUND"), ("other provider", "NOT_FOUND")]
)
def test_others_may_not_move_it(who: str, code: str, refuse: Refuse, practice: Practice) -> None:
    assert refuse("rescheduleReservation", caller=practice.who(who), **to(practice, 8)) == (code, ["reservationId"])


def test_the_new_time_may_overlap_the_old(changes: Change, practice: Practice) -> None:
    given = {"caller": practice.who("client"), "select": "startsAt appointments { id }"}
    payload = changes("rescheduleReservation", **given, **to(practice, 5))
    assert payload["reservation"]["startsAt"] == "2030-01-02T13:15:00Z"
    assert payload["reservation"]["appointments"] == [{"id": gid(slot)} for slot in practice.slots[5:7]]


def test_moving_it_to_its_own_start_changes_nothing(changes: Change, practice: Practice) -> None:
    before = all_rows()
    changes("rescheduleReservation", caller=practice.who("client"), **to(practice, 4))
    assert all_rows() == before


@pytest.mark.parametrize("place", [0, 1, 15])
def test_it_is_not_moved_to_time_that_is_not_free(place: int, refuse: Refuse, practice: Practice) -> None:
    code = refuse("rescheduleReservation", caller=practice.who("client"), **to(practice, place))
    assert code == ("APPOINTMENT_TAKEN", ["appointmentId"])


@pytest.mark.parametrize(
    ("now", "which", "code"),
    [
        (timedelta(minutes=30), "hold", ("HOLD_EXPIRED", ["reservationId"])),
        (timedelta(hours=25), "booking", ("TOO_LATE_TO_CANCEL", ["reservationId"])),
        (timedelta(hours=24), "booking", ("TOO_SOON", ["appointmentId"])),
    ],
)
def test_it_is_not_moved_too_late(now: timedelta, which: str, code: Any, refuse: Refuse, practice: Practice) -> None:
    given = {"caller": practice.who("client"), "now": NOW + now}
    assert refuse("rescheduleReservation", **given, **to(practice, 2, which)) == code


def test_it_is_not_moved_to_a_provider_without_its_service(refuse: Refuse, practice: Practice) -> None:
    first, *_ = make_appointments(practice.other_provider, number=2)
    given = {"reservationId": gid(practice.booking), "appointmentId": gid(first)}
    assert refuse("rescheduleReservation", caller=practice.staff, **given) == ("INVALID_INPUT", ["appointmentId"])


def test_it_is_moved_to_another_provider_with_its_service(changes: Change, practice: Practice) -> None:
    practice.other_provider.services.add(practice.service)
    first, *_ = make_appointments(practice.other_provider, starts_at=practice.slots[8].starts_at, number=2)
    given = {"reservationId": gid(practice.booking), "appointmentId": gid(first), "select": "provider { name }"}
    payload = changes("rescheduleReservation", caller=practice.who("client"), **given)
    assert payload == {"reservation": {"provider": {"name": "Bert"}}}


def test_the_client_must_be_free_at_the_new_time(refuse: Refuse, practice: Practice) -> None:
    practice.other_provider.services.add(practice.service)
    first, *_ = make_appointments(practice.other_provider, starts_at=practice.hold.starts_at, number=2)
    given = {"reservationId": gid(practice.booking), "appointmentId": gid(first)}
    assert refuse("rescheduleReservation", caller=practice.staff, **given) == ("CLIENT_BUSY", ["appointmentId"])


def test_a_cancelled_reservation_is_not_moved(refuse: Refuse, practice: Practice) -> None:
    (cancelled,) = make_cancelled(practice.client, practice.provider)
    given = {"reservationId": gid(cancelled), "appointmentId": gid(practice.slots[8])}
    assert refuse("rescheduleReservation", caller=practice.staff, **given) == ("INVALID_TRANSITION", ["reservationId"])
