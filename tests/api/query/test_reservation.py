"""reservation and reservations: their fields, their filters, and who may see them."""

from datetime import timedelta
from typing import Any

import pytest

from reservation.domain.expiry import expire_lapsed
from tests.factories import NOW, TOMORROW, caller, make_client
from tests.practice import PEOPLE, RESERVATION, Ask, Practice, gid, make_cancelled

ONE = "query($id: ID!) { reservation(id: $id) { status } }"
RESERVATIONS = "query($f: ReservationFilter) { reservations(filter: $f) { nodes { status } totalCount } }"
VISIBLE_TO = ("client", "provider", "staff")
LAPSED = NOW + timedelta(minutes=30)


def statuses(answer: Any) -> list[str]:
    found = answer.data["reservations"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["status"] for node in found["nodes"]]


@pytest.mark.parametrize("which", ["hold", "booking", "cancelled", "lapsed"])
def test_reservation(which: str, ask: Ask, practice: Practice, readable: Any, snapshot: Any) -> None:
    (cancelled,) = make_cancelled(practice.client, practice.provider, cancel_reason="Rain.")
    one = {"booking": practice.booking, "cancelled": cancelled}.get(which, practice.hold)
    answer = ask(
        f"query($id: ID!) {{ reservation(id: $id) {{ {RESERVATION} }} }}",
        caller=practice.staff,
        now=LAPSED if which == "lapsed" else NOW,
        id=gid(one),
    )
    assert answer.errors == []
    assert readable(answer.data) == snapshot


def test_reservations(ask: Ask, practice: Practice, readable: Any, snapshot: Any) -> None:
    page = f"edges {{ cursor node {{ {RESERVATION} }} }} nodes {{ id }} totalCount"
    info = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    answer = ask(f"{{ reservations {{ {page} {info} }} }}", caller=practice.who("provider"))
    assert answer.errors == []
    assert readable(answer.data) == snapshot


@pytest.mark.parametrize("who", PEOPLE)
def test_a_reservation_is_visible_to_its_client_its_provider_and_staff(who: str, ask: Ask, practice: Practice) -> None:
    is_visible = who in VISIBLE_TO
    answer = ask(ONE, caller=practice.who(who), id=gid(practice.booking))
    assert (answer.data, answer.errors) == ({"reservation": {"status": "CONFIRMED"} if is_visible else None}, [])
    assert statuses(ask(RESERVATIONS, caller=practice.who(who))) == (["PENDING", "CONFIRMED"] if is_visible else [])


def test_a_client_who_is_a_provider_too_sees_the_reservations_of_both(ask: Ask, practice: Practice) -> None:
    both = make_client(user=practice.other_provider.user)
    make_cancelled(both, practice.provider)
    make_cancelled(practice.client, practice.other_provider)
    assert statuses(ask(RESERVATIONS, caller=caller(both))) == ["CANCELLED", "CANCELLED"]


@pytest.mark.parametrize("who", PEOPLE)
def test_no_filter_shows_a_reservation_that_the_caller_may_not_see(who: str, ask: Ask, practice: Practice) -> None:
    for conditions in ({"clientId": gid(practice.client)}, {"providerId": gid(practice.provider)}):
        answer = ask(RESERVATIONS, caller=practice.who(who), f=conditions)
        assert (statuses(answer), answer.errors) == (["PENDING", "CONFIRMED"] if who in VISIBLE_TO else [], [])


def test_reservations_are_filtered(ask: Ask, practice: Practice) -> None:
    make_cancelled(practice.other_client, practice.other_provider, starts_at=TOMORROW + timedelta(hours=5))
    for conditions, found in (
        ({}, ["PENDING", "CONFIRMED", "CANCELLED"]),
        ({"status": ["CANCELLED", "PENDING", "PENDING"]}, ["PENDING", "CANCELLED"]),
        ({"status": ["NO_SHOW", "COMPLETED", "EXPIRED"]}, []),
        ({"status": []}, []),
        ({"status": None, "clientId": None}, ["PENDING", "CONFIRMED", "CANCELLED"]),
        ({"clientId": gid(practice.other_client)}, ["CANCELLED"]),
        ({"providerId": gid(practice.provider)}, ["PENDING", "CONFIRMED"]),
        ({"providerId": gid(practice.provider), "clientId": gid(practice.other_client)}, []),
        ({"startsFrom": "2030-01-02T13:00:00Z"}, ["CONFIRMED", "CANCELLED"]),
        ({"startsFrom": "2030-01-02T13:00:00.000001Z"}, ["CANCELLED"]),
        ({"startsBefore": "2030-01-02T13:00:00Z"}, ["PENDING"]),
        ({"startsFrom": "2030-01-02T14:00:00+01:00", "startsBefore": "2030-01-02T18:00:00+01:00"}, ["CONFIRMED"]),
        ({"startsFrom": "0001-01-01T00:00:00Z", "startsBefore": "2030-01-02T12:00:00.000001Z"}, ["PENDING"]),
        ({"startsFrom": "2030-01-02T12:15:00Z", "startsBefore": "9999-12-31T23:59:59Z"}, ["CONFIRMED", "CANCELLED"]),
    ):  # fmt: skip
        assert statuses(ask(RESERVATIONS, caller=practice.staff, f=conditions)) == found


@pytest.mark.parametrize("is_stored", [False, True])
def test_a_lapsed_hold_has_the_status_expired(is_stored: bool, ask: Ask, practice: Practice) -> None:
    if is_stored:
        assert expire_lapsed(now=LAPSED) == 1
    for conditions, found in (({}, ["EXPIRED", "CONFIRMED"]), ({"status": ["EXPIRED"]}, ["EXPIRED"]), ({"status": ["PENDING"]}, [])):  # fmt: skip # noqa: E501
        assert statuses(ask(RESERVATIONS, caller=practice.staff, now=LAPSED, f=conditions)) == found
    last_moment = LAPSED - timedelta(microseconds=1)
    if not is_stored:
        assert statuses(ask(RESERVATIONS, caller=practice.staff, now=last_moment)) == ["PENDING", "CONFIRMED"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"clientId": "garbage"},
        {"clientId": "UHJvdmlkZXI6MQ=="},
        {"providerId": "Q2xpZW50OjE="},
        {"startsFrom": "2030-01-02T00:00:00Z", "startsBefore": "2030-01-01T00:00:00Z"},
        {"startsFrom": "2030-01-02T00:00:00"},
        {"startsBefore": "tomorrow"},
        {"status": ["OPEN"]},
    ],
)
def test_an_invalid_filter_is_refused(wrong: dict[str, Any], ask: Ask, practice: Practice) -> None:
    answer = ask(RESERVATIONS, caller=practice.staff, f=wrong)
    assert (answer.data, answer.codes) == (None, ["BAD_USER_INPUT"])
