"""offerAppointments: a provider or staff put appointments on the provider's calendar."""

from itertools import pairwise
from typing import Any

import pytest

from reservation.models import Appointment
from tests.api.mutation.conftest import Change, Refuse, Reject
from tests.practice import PEOPLE, Practice, gid

HOUR = {"startsAt": "2030-01-03T10:00:00Z", "endsAt": "2030-01-03T11:00:00Z"}
MAY = ("provider", "staff")
TIMES = "startsAt endsAt isOpen"


@pytest.mark.parametrize("who", MAY)
def test_the_provider_and_staff_offer_every_slot_of_the_interval(who: str, changes: Change, practice: Practice) -> None:
    payload = changes(
        "offerAppointments", caller=practice.who(who), select=TIMES, providerId=gid(practice.provider), **HOUR
    )
    times = ["10:00", "10:15", "10:30", "10:45", "11:00"]
    assert payload == {
        "createdCount": 4,
        "appointments": [
            {"startsAt": f"2030-01-03T{start}:00Z", "endsAt": f"2030-01-03T{end}:00Z", "isOpen": True}
            for start, end in pairwise(times)
        ],
    }


@pytest.mark.parametrize("who", [name for name in PEOPLE if name not in (*MAY, "nobody")])
def test_others_may_not_offer_a_providers_time(who: str, refuse: Refuse, practice: Practice) -> None:
    code = refuse("offerAppointments", caller=practice.who(who), providerId=gid(practice.provider), **HOUR)
    assert code == ("FORBIDDEN", ["providerId"])


def test_offering_twice_is_harmless(changes: Change, practice: Practice) -> None:
    given = {"providerId": gid(practice.provider), "caller": practice.who("provider")}
    first = changes("offerAppointments", **given, **HOUR)
    again = changes("offerAppointments", **given, **HOUR)
    assert (first["createdCount"], again["createdCount"]) == (4, 0)
    assert again["appointments"] == first["appointments"]
    wider = changes("offerAppointments", **given, startsAt="2030-01-03T10:45:00Z", endsAt="2030-01-03T11:15:00Z")
    assert (wider["createdCount"], len(wider["appointments"])) == (1, 2)


def test_held_and_booked_appointments_stay(changes: Change, practice: Practice) -> None:
    before = list(Appointment.objects.exclude(reservation=None).values())
    payload = changes(
        "offerAppointments",
        caller=practice.who("provider"),
        select="isOpen reservation { status }",
        providerId=gid(practice.provider),
        startsAt="2030-01-02T12:30:00Z",
        endsAt="2030-01-02T13:15:00Z",
    )
    is_open = {"isOpen": True, "reservation": None}
    booked = {"isOpen": False, "reservation": {"status": "CONFIRMED"}}
    assert payload == {"createdCount": 0, "appointments": [is_open, is_open, booked]}
    assert list(Appointment.objects.exclude(reservation=None).values()) == before


def test_time_before_the_lead_time_is_offered_but_not_open(changes: Change, practice: Practice) -> None:
    times = {"startsAt": "2030-01-01T12:00:00Z", "endsAt": "2030-01-01T12:15:00Z"}
    given = {"caller": practice.staff, "providerId": gid(practice.provider), "select": "isOpen"}
    assert changes("offerAppointments", **given, **times) == {"createdCount": 1, "appointments": [{"isOpen": False}]}


def test_an_interval_has_at_most_62_days(changes: Change, practice: Practice) -> None:
    longest = {"startsAt": "2030-03-01T00:00:00Z", "endsAt": "2030-05-02T00:00:00Z"}
    payload = changes("offerAppointments", caller=practice.staff, providerId=gid(practice.provider), **longest)
    assert (payload["createdCount"], len(payload["appointments"])) == (62 * 96, 62 * 96)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"startsAt": "2030-01-03T10:07:00Z"}, "startsAt"),
        ({"startsAt": "2030-01-03T10:00:00.000001Z"}, "startsAt"),
        ({"startsAt": "2030-01-03T10:00:00+00:07"}, "startsAt"),
        ({"endsAt": "2030-01-03T11:00:01Z"}, "endsAt"),
        ({"startsAt": "2030-01-01T11:45:00Z"}, "startsAt"),
        ({"startsAt": "0001-01-01T00:00:00Z", "endsAt": "0001-01-01T01:00:00Z"}, "startsAt"),
        ({"endsAt": "2030-01-03T10:00:00Z"}, "endsAt"),
        ({"endsAt": "2030-01-03T09:00:00Z"}, "endsAt"),
        ({"endsAt": "2030-03-06T10:15:00Z"}, "endsAt"),
        ({"endsAt": "9999-12-31T23:45:00Z"}, "endsAt"),
    ],
)
def test_an_interval_off_the_grid_or_in_the_past_is_refused(
    wrong: dict[str, str], field: str, refuse: Refuse, practice: Practice
) -> None:
    given = {"providerId": gid(practice.provider), **HOUR, **wrong}
    for mutation in ("offerAppointments", "withdrawAppointments"):
        assert refuse(mutation, caller=practice.who("provider"), **given) == ("INVALID_INPUT", [field])


@pytest.mark.parametrize(
    "wrong", ["2030-01-03T10:00:00", "2030-01-03", "", 0, None, "9999-12-31T23:45:00-12:00", "\x00"]
)
def test_a_malformed_instant_is_rejected(wrong: Any, reject: Reject, practice: Practice) -> None:
    for mutation in ("offerAppointments", "withdrawAppointments"):
        for field in ("startsAt", "endsAt"):
            given = {"providerId": gid(practice.provider), **HOUR, field: wrong}
            assert reject(mutation, caller=practice.who("provider"), **given) == ["BAD_USER_INPUT"]
