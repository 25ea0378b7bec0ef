"""openAppointments and nextOpenAppointment: the appointments that can be reserved now."""

from datetime import timedelta
from typing import Any

import pytest

from reservation.domain.reservation import reserve
from reservation.models import Provider, Service
from tests.factories import NOW, TOMORROW, make_appointments, make_service, minutes
from tests.practice import APPOINTMENT, PEOPLE, Ask, Practice, gid

DAY = {"startsFrom": "2030-01-02T00:00:00Z", "startsBefore": "2030-01-03T00:00:00Z"}
OPEN = """query($f: OpenAppointmentFilter!) {
    openAppointments(filter: $f, first: 100) { nodes { startsAt isOpen } totalCount }
}"""
NEXT = "query($p: [ID!], $s: ID) { nextOpenAppointment(providerIds: $p, serviceId: $s) { startsAt } }"
ALL = ["12:30", "12:45", "13:30", "13:45", *(f"{hour}:{minute:02}" for hour in (14, 15) for minute in (0, 15, 30, 45))]


def starts(answer: Any) -> list[str]:
    found = answer.data["openAppointments"]
    assert found["totalCount"] == len(found["nodes"])
    assert all(node["isOpen"] for node in found["nodes"])
    return [node["startsAt"][11:16] for node in found["nodes"]]


def test_open_appointments(ask: Ask, practice: Practice, readable: Any, snapshot: Any) -> None:
    page = f"edges {{ cursor node {{ {APPOINTMENT} reservation {{ id }} }} }} nodes {{ id }} totalCount"
    info = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    answer = ask(
        f"query($f: OpenAppointmentFilter!) {{ openAppointments(filter: $f, first: 3) {{ {page} {info} }} }}", f=DAY
    )
    assert answer.errors == []
    assert readable(answer.data) == snapshot


def test_next_open_appointment(ask: Ask, practice: Practice, readable: Any, snapshot: Any) -> None:
    answer = ask(f"{{ nextOpenAppointment {{ {APPOINTMENT} reservation {{ id }} }} }}")
    assert answer.errors == []
    assert readable(answer.data) == snapshot


@pytest.mark.parametrize("who", PEOPLE)
def test_every_caller_sees_open_appointments(who: str, ask: Ask, practice: Practice) -> None:
    caller = practice.who(who)
    assert starts(ask(OPEN, caller=caller, f=DAY)) == ALL
    assert ask(NEXT, caller=caller).data == {"nextOpenAppointment": {"startsAt": "2030-01-02T12:30:00Z"}}


def test_open_appointments_are_filtered(ask: Ask, practice: Practice) -> None:
    make_appointments(practice.other_provider, starts_at=TOMORROW + minutes(15), number=1)
    anna, bert = gid(practice.provider), gid(practice.other_provider)
    for conditions, found in (
        ({"providerIds": [anna]}, ALL),
        ({"providerIds": [bert]}, ["12:15"]),
        ({"providerIds": [anna, bert, bert]}, ["12:15", *ALL]),
        ({"providerIds": []}, []),
        ({"providerIds": None, "serviceId": None}, ["12:15", *ALL]),
        ({"serviceId": gid(practice.service)}, ["12:30", *ALL[2:-1]]),
        ({"serviceId": gid(practice.service), "providerIds": [bert]}, []),
        ({"serviceId": gid(make_service())}, []),
        ({"startsFrom": "2030-01-02T15:30:00Z"}, ["15:30", "15:45"]),
        ({"startsBefore": "2030-01-02T12:30:00Z"}, ["12:15"]),
        ({"startsBefore": "2030-01-02T13:45:00+01:00"}, ["12:15", "12:30"]),
    ):
        assert starts(ask(OPEN, f={**DAY, **conditions})) == found


def test_inactive_services_and_providers_have_no_open_appointments(ask: Ask, practice: Practice) -> None:
    service = {**DAY, "serviceId": gid(practice.service)}
    Service.objects.update(is_active=False)
    assert (starts(ask(OPEN, f=service)), starts(ask(OPEN, f=DAY))) == ([], ALL)
    Provider.objects.update(is_active=False)
    assert starts(ask(OPEN, f=DAY)) == []
    assert ask(NEXT).data == {"nextOpenAppointment": None}


def test_a_hold_closes_an_appointment_until_it_lapses(ask: Ask, practice: Practice) -> None:
    lapses_at = NOW + minutes(30)
    reserve(caller=practice.who("other client"), appointment_id=practice.slots[15].pk, now=NOW)
    assert starts(ask(OPEN, now=NOW, f=DAY)) == ALL[:-1]
    assert starts(ask(OPEN, now=lapses_at - timedelta(microseconds=1), f=DAY)) == ALL[:-1]
    assert starts(ask(OPEN, now=lapses_at, f=DAY)) == ALL


def test_appointments_within_the_lead_time_are_not_open(ask: Ask, practice: Practice) -> None:
    assert starts(ask(OPEN, now=NOW + minutes(45), f=DAY)) == ALL[1:]
    assert starts(ask(OPEN, now=NOW + minutes(45) + timedelta(microseconds=1), f=DAY)) == ALL[2:]
    assert ask(NEXT, now=NOW + timedelta(days=2)).data == {"nextOpenAppointment": None}


def test_next_open_appointment_is_the_first_that_matches(ask: Ask, practice: Practice) -> None:
    make_appointments(practice.other_provider, starts_at=TOMORROW + timedelta(days=100), number=1)
    for conditions, start in (
        ({}, "2030-01-02T12:30:00Z"),
        ({"s": gid(practice.service)}, "2030-01-02T12:30:00Z"),
        ({"p": [gid(practice.other_provider)]}, "2030-04-12T12:00:00Z"),
        ({"p": [gid(practice.other_provider)], "s": gid(practice.service)}, None),
        ({"p": []}, None),
        ({"s": gid(make_service())}, None),
    ):
        found = {"startsAt": start} if start else None
        assert ask(NEXT, **conditions).data == {"nextOpenAppointment": found}


@pytest.mark.parametrize(
    "wrong",
    [
        {"startsFrom": "2030-01-02T00:00:00"},
        {"startsFrom": "2030-01-03T00:00:00Z"},
        {"startsFrom": "2030-01-03T00:00:01Z"},
        {"startsBefore": "2030-03-05T00:00:01Z"},
        {"startsBefore": None},
        {"serviceId": "garbage"},
        {"serviceId": "UHJvdmlkZXI6MQ=="},
        {"providerIds": ["garbage"]},
        {"providerIds": ["U2VydmljZTox"]},
        {"providerIds": [None]},
    ],
)
def test_an_invalid_filter_is_refused(wrong: dict[str, Any], ask: Ask, practice: Practice) -> None:
    answer = ask(OPEN, f={**DAY, **wrong})
    assert (answer.data, answer.codes) == (None, ["BAD_USER_INPUT"])


def test_a_window_has_62_days_at_most(ask: Ask, practice: Practice) -> None:
    assert starts(ask(OPEN, f={**DAY, "startsBefore": "2030-03-05T00:00:00Z"})) == ALL
    for year in ("0001", "9999"):
        window = {"startsFrom": f"{year}-01-01T00:00:00Z", "startsBefore": f"{year}-01-02T00:00:00Z"}
        assert starts(ask(OPEN, f=window)) == []


@pytest.mark.parametrize(
    "conditions", [{"p": ["garbage"]}, {"p": ["U2VydmljZTox"]}, {"s": "x"}, {"s": "UHJvdmlkZXI6MQ=="}]
)
def test_next_open_appointment_refuses_an_invalid_id(conditions: dict[str, Any], ask: Ask, practice: Practice) -> None:
    answer = ask(NEXT, **conditions)
    assert (answer.data, answer.codes) == ({"nextOpenAppointment": None}, ["BAD_USER_INPUT"])
