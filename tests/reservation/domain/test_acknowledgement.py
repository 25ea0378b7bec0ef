"""Whoever acknowledges a change sends first what it affects: also who finds it made, or does not know whether it is."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError, connection

from reservation.domain.appointment import offer, withdraw
from reservation.domain.client import update_client
from reservation.domain.erasure import erase_client
from reservation.domain.errors import InvalidTransition, ResultNotFound
from reservation.domain.provider import create_provider, update_provider
from reservation.domain.reservation import cancel, complete, confirm, reschedule, reserve
from reservation.domain.service import create_service, update_service
from reservation.domain.signals import calendars_changed, catalogue_changed, reservation_changed
from reservation.models import Reservation
from tests.factories import (
    NOW,
    TOMORROW,
    caller,
    make_appointments,
    make_booking,
    make_client,
    make_hold,
    make_provider,
    make_service,
    minutes,
    staff,
)
from tests.rows import refused

pytestmark = pytest.mark.django_db(transaction=True)

CATALOGUE = "catalogue"


class Sent(list[Any]):
    """What was sent: kinds of change, ids of providers, and CATALOGUE."""

    def note(self, **arguments: Any) -> None:
        self.append(arguments.get("kind") or arguments.get("provider_ids") or CATALOGUE)

    def take(self) -> list[Any]:
        taken = list(self)
        self.clear()
        return taken


@pytest.fixture
def sent() -> Iterator[Sent]:
    sent = Sent()
    signals = (reservation_changed, calendars_changed, catalogue_changed)
    for signal in signals:
        signal.connect(sent.note)
    yield sent
    for signal in signals:
        signal.disconnect(sent.note)


Prepared = tuple[Any, dict[str, Any], Any]
"""A command, its arguments, and what a repetition must send."""


def hour_of(provider: Any) -> dict[str, Any]:
    return {"provider_id": provider.pk, "starts_at": TOMORROW, "ends_at": TOMORROW + minutes(60)}


def reserving() -> Prepared:
    [slot] = make_appointments(make_provider())
    return reserve, {"caller": caller(make_client()), "appointment_id": slot.pk}, [{slot.provider_id}]


def confirming() -> Prepared:
    hold = make_hold()
    return confirm, {"caller": caller(hold.client), "reservation_id": hold.pk}, [{hold.provider_id}]


def cancelling() -> Prepared:
    hold = make_hold()
    return cancel, {"caller": caller(hold.client), "reservation_id": hold.pk}, [{hold.provider_id}]


def moving() -> Prepared:
    booking = make_booking()
    [slot] = make_appointments(make_provider())
    arguments = {"caller": staff(), "reservation_id": booking.pk, "appointment_id": slot.pk}
    return reschedule, arguments, [{booking.provider_id, slot.provider_id}]


def completing() -> Prepared:
    booking = make_booking()
    Reservation.objects.filter(pk=booking.pk).update(starts_at=NOW - minutes(60), ends_at=NOW - minutes(45))
    return complete, {"caller": staff(), "reservation_id": booking.pk}, [{booking.provider_id}]


def offering() -> Prepared:
    provider = make_provider()
    return offer, {"caller": caller(provider), **hour_of(provider)}, [{provider.pk}]


def withdrawing() -> Prepared:
    provider = make_provider()
    make_appointments(provider, number=4)
    return withdraw, {"caller": caller(provider), **hour_of(provider)}, [{provider.pk}]


def adding_a_provider() -> Prepared:
    return create_provider, {"caller": staff(), "name": "New", "email": "new@example.com"}, [CATALOGUE]


def changing_a_provider() -> Prepared:
    return update_provider, {"caller": staff(), "provider_id": make_provider().pk, "name": "New"}, [CATALOGUE]


def adding_a_service() -> Prepared:
    return create_service, {"caller": staff(), "name": "New", "duration_minutes": 30}, [CATALOGUE]


def changing_a_service() -> Prepared:
    return update_service, {"caller": staff(), "service_id": make_service().pk, "name": "New"}, [CATALOGUE]


def changing_a_client() -> Prepared:
    return update_client, {"caller": staff(), "client_id": make_client().pk, "name": "New"}, []


def erasing_a_client() -> Prepared:
    return erase_client, {"caller": staff(), "client_id": make_booking().client_id}, [CATALOGUE]


COMMANDS = (
    reserving,
    confirming,
    cancelling,
    moving,
    completing,
    offering,
    withdrawing,
    adding_a_provider,
    changing_a_provider,
    adding_a_service,
    changing_a_service,
    changing_a_client,
    erasing_a_client,
)


def flat(values: list[Any]) -> set[Any]:
    """The ids of all providers, and CATALOGUE."""
    return {one for value in values for one in ([value] if isinstance(value, str) else value)}


@pytest.mark.parametrize("prepare", COMMANDS)
def test_a_command_repeated_with_its_key_sends_what_it_affects_again(
    prepare: Callable[[], Prepared], sent: Sent
) -> None:
    command, arguments, expected = prepare()
    sent.clear()
    command.once("key", **arguments, now=NOW)
    assert flat(sent.take()) >= flat(expected)
    command.once("key", **arguments, now=NOW)
    assert sent == expected


@pytest.mark.parametrize("prepare", [reserving, confirming, cancelling, offering, withdrawing, changing_a_service])
def test_a_change_is_sent_once(prepare: Callable[[], Prepared], sent: Sent) -> None:
    command, arguments, expected = prepare()
    sent.clear()
    command(**arguments, now=NOW)
    assert [value for value in sent if value == CATALOGUE or not isinstance(value, str)] == expected


def test_confirming_a_booking_sends_its_calendar(sent: Sent) -> None:
    booking = make_booking()
    sent.clear()
    confirm(caller=caller(booking.client), reservation_id=booking.pk, now=NOW)
    assert sent == [{booking.provider_id}]


def test_moving_a_reservation_where_it_is_sends_its_calendar_and_the_former_one(sent: Sent) -> None:
    move, arguments, expected = moving()
    move(**arguments, now=NOW)
    sent.clear()
    move(**arguments, now=NOW)
    assert sent == expected


def test_a_refused_transition_sends_the_calendar_of_the_reservation(sent: Sent) -> None:
    cancel, arguments, expected = cancelling()
    cancel(**arguments, now=NOW)
    sent.clear()
    with refused(InvalidTransition, field="reservation_id"):
        cancel(**arguments, now=NOW)
    assert sent == expected


def test_a_repetition_whose_result_is_gone_sends_that_everything_may_have_changed(sent: Sent) -> None:
    [slot] = make_appointments(make_provider())
    arguments = {"caller": replace(caller(make_client()), is_staff=True, is_superuser=True), "appointment_id": slot.pk}
    reserve.once("key", **arguments, now=NOW)
    arguments["caller"] = replace(arguments["caller"], client_id=None, is_staff=False)
    sent.clear()
    with refused(ResultNotFound, field="idempotency_key"):
        reserve.once("key", **arguments, now=NOW)
    assert sent == [CATALOGUE]


# --- The outcome of COMMIT is unknown --------------------------------------------------------------------------------


@pytest.fixture
def lose_commit(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Makes the next COMMIT fail with a lost connection, before or after it has happened."""

    def lose_commit(is_committed: bool) -> None:
        commit = connection._commit

        def fail() -> None:
            monkeypatch.undo()
            if is_committed:
                commit()
            raise OperationalError(2013, "Lost connection to server during query")

        monkeypatch.setattr(connection, "_commit", fail)

    return lose_commit


@pytest.mark.parametrize("is_committed", [False, True])
@pytest.mark.parametrize("prepare", [one for one in COMMANDS if one is not changing_a_client])
def test_a_commit_with_an_unknown_outcome_sends_what_it_may_have_changed(
    prepare: Callable[[], Prepared], is_committed: bool, sent: Sent, lose_commit: Callable[[bool], None]
) -> None:
    command, arguments, expected = prepare()
    sent.clear()
    lose_commit(is_committed)
    with pytest.raises(OperationalError):
        command.once("key", **arguments, now=NOW)
    assert flat(sent.take()) >= flat(expected)
    command.once("key", **arguments, now=NOW)
    assert flat(sent) >= flat(expected)


def test_a_commit_with_an_unknown_outcome_does_not_count_a_reservation(
    sent: Sent, lose_commit: Callable[[bool], None]
) -> None:
    command, arguments, expected = reserving()
    sent.clear()
    lose_commit(True)
    with pytest.raises(OperationalError):
        command(**arguments, now=NOW)
    assert sent == expected


def test_after_a_lost_commit_the_next_transaction_sends_only_its_own(
    sent: Sent, lose_commit: Callable[[bool], None]
) -> None:
    command, arguments, _ = reserving()
    lose_commit(False)
    with pytest.raises(OperationalError):
        command(**arguments, now=NOW)
    sent.clear()
    make_service()
    assert sent == [CATALOGUE]
