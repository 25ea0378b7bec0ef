"""reserveAppointment: a client holds time for itself, staff for any client."""

from datetime import timedelta
from typing import Any

import pytest

from reservation.models import Provider, Service
from tests.api.mutation.conftest import Change, Refuse
from tests.factories import NOW, caller, make_appointments, make_client, make_service, make_user, minutes
from tests.practice import Ask, Practice, gid

TAKEN = ("APPOINTMENT_TAKEN", ["appointmentId"])


def slot(practice: Practice, place: int) -> dict[str, str]:
    return {"appointmentId": gid(practice.slots[place])}


@pytest.mark.parametrize("who", ["client", "other client"])
def test_a_client_holds_an_appointment_for_itself_for_30_minutes(who: str, changes: Change, practice: Practice) -> None:
    select = "status startsAt endsAt expiresAt note service { id } client { name } appointments { id }"
    payload = changes("reserveAppointment", caller=practice.who(who), select=select, **slot(practice, 8), note="Hi. 😀")
    assert payload["reservation"] == {
        "status": "PENDING",
        "startsAt": "2030-01-02T14:00:00Z",
        "endsAt": "2030-01-02T14:15:00Z",
        "expiresAt": "2030-01-01T12:30:00Z",
        "note": "Hi. 😀",
        "service": None,
        "client": {"name": "Cleo" if who == "client" else "Dora"},
        "appointments": [{"id": gid(practice.slots[8])}],
    }


def test_a_service_takes_the_run_that_it_needs(changes: Change, practice: Practice) -> None:
    given = {**slot(practice, 8), "serviceId": gid(practice.service)}
    payload = changes("reserveAppointment", caller=practice.who("client"), select="appointments { id }", **given)
    assert payload["reservation"]["appointments"] == [{"id": gid(one)} for one in practice.slots[8:10]]


def test_staff_reserves_for_a_client(changes: Change, practice: Practice) -> None:
    given = {**slot(practice, 8), "clientId": gid(practice.other_client)}
    payload = changes("reserveAppointment", caller=practice.staff, select="client { name }", **given)
    assert payload["reservation"]["client"] == {"name": "Dora"}


@pytest.mark.parametrize("who", ["provider", "other provider", "staff"])
def test_a_caller_who_is_no_client_must_name_one(who: str, refuse: Refuse, practice: Practice) -> None:
    code = refuse("reserveAppointment", caller=practice.who(who), **slot(practice, 8))
    assert code == ("FORBIDDEN", ["clientId"])


@pytest.mark.parametrize("who", ["other client", "provider", "other provider"])
def test_only_staff_reserves_for_someone_else(who: str, refuse: Refuse, practice: Practice) -> None:
    given = {**slot(practice, 8), "clientId": gid(practice.client)}
    assert refuse("reserveAppointment", caller=practice.who(who), **given) == ("FORBIDDEN", ["clientId"])


def test_staff_that_is_a_client_too_reserves_only_for_the_client_that_it_names(
    refuse: Refuse, practice: Practice
) -> None:
    both = make_client(user=make_user(is_staff=True, is_superuser=True))
    given = {**slot(practice, 8), "clientId": "Q2xpZW50OjA="}
    assert refuse("reserveAppointment", caller=caller(both), **given) == ("NOT_FOUND", ["clientId"])


@pytest.mark.parametrize(("place", "service"), [(0, False), (1, False), (4, False), (3, True), (15, True)])
def test_time_that_is_held_booked_or_not_offered_is_taken(
    place: int, service: bool, refuse: Refuse, practice: Practice
) -> None:
    given = slot(practice, place) | ({"serviceId": gid(practice.service)} if service else {})
    assert refuse("reserveAppointment", caller=practice.who("other client"), **given) == TAKEN


def test_time_of_an_inactive_provider_is_taken(refuse: Refuse, practice: Practice) -> None:
    Provider.objects.update(is_active=False)
    assert refuse("reserveAppointment", caller=practice.who("client"), **slot(practice, 8)) == TAKEN


def test_time_of_an_expired_hold_can_be_reserved(changes: Change, ask: Ask, practice: Practice) -> None:
    now = NOW + minutes(30)
    first = changes("reserveAppointment", caller=practice.who("client"), **slot(practice, 8))["reservation"]
    second = changes("reserveAppointment", caller=practice.who("other client"), now=now, **slot(practice, 8))
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Reservation { status appointments { id } } } }"
    answer = ask(document, caller=practice.staff, now=now, ids=[first["id"], second["reservation"]["id"]])
    assert answer.data["nodes"] == [
        {"status": "EXPIRED", "appointments": []},
        {"status": "PENDING", "appointments": [{"id": gid(practice.slots[8])}]},
    ]


def test_the_lead_time_is_24_hours(changes: Change, refuse: Refuse, practice: Practice) -> None:
    given = {"caller": practice.who("other client"), **slot(practice, 8)}
    start = practice.slots[8].starts_at
    too_late = start - timedelta(hours=24) + timedelta(microseconds=1)
    assert refuse("reserveAppointment", now=too_late, **given) == ("TOO_SOON", ["appointmentId"])
    changes("reserveAppointment", now=start - timedelta(hours=24), **given)


def test_a_service_that_is_not_offered_is_refused(refuse: Refuse, practice: Practice) -> None:
    given = {"caller": practice.who("client"), **slot(practice, 8)}
    invalid = ("INVALID_INPUT", ["serviceId"])
    assert refuse("reserveAppointment", **given, serviceId=gid(make_service())) == invalid
    Service.objects.update(is_active=False)
    assert refuse("reserveAppointment", **given, serviceId=gid(practice.service)) == invalid


def test_a_client_has_no_two_reservations_at_a_time(refuse: Refuse, practice: Practice) -> None:
    (elsewhere,) = make_appointments(practice.other_provider, starts_at=practice.slots[5].starts_at)
    code = refuse("reserveAppointment", caller=practice.who("client"), appointmentId=gid(elsewhere))
    assert code == ("CLIENT_BUSY", ["appointmentId"])


def test_a_client_has_at_most_five_holds(changes: Change, refuse: Refuse, practice: Practice) -> None:
    for place in (8, 9, 10, 11):
        changes("reserveAppointment", caller=practice.who("client"), **slot(practice, place))
    assert refuse("reserveAppointment", caller=practice.who("client"), **slot(practice, 12)) == ("TOO_MANY_HOLDS", [])
    changes("reserveAppointment", caller=practice.who("other client"), **slot(practice, 12))


@pytest.mark.parametrize("note", ["x" * 2001, "x" * 10_000, "a\x00b"], ids=["2,001", "10,000", "NUL"])
def test_an_invalid_note_is_refused(note: Any, refuse: Refuse, practice: Practice) -> None:
    code = refuse("reserveAppointment", caller=practice.who("client"), **slot(practice, 8), note=note)
    assert code == ("INVALID_INPUT", ["note"])
