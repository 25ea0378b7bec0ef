"""The policy: its numbers, the state machine and the arithmetic of time, without a database."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from reservation.policy import HOLDING, MAY, MOVABLE, TRANSITIONS, Action, Policy, Role, Status
from tests.factories import NOW, minutes


def test_the_default_policy_has_the_agreed_numbers() -> None:
    assert Policy() == Policy(
        appointment_length=timedelta(minutes=15),
        hold=timedelta(minutes=30),
        lead_time=timedelta(hours=24),
        max_live_holds=5,
        max_interval=timedelta(days=62),
        offer_horizon=timedelta(days=1826),
        max_service_length=timedelta(hours=8),
        cancellation_notice=timedelta(0),
    )


@pytest.mark.parametrize("length", [-15, 0, 7, 25, 40, 90])
def test_policy_refuses_an_appointment_length_that_does_not_divide_an_hour(length: int) -> None:
    with pytest.raises(ValueError, match=r"^The appointment length must divide an hour\.$"):
        Policy(appointment_length=minutes(length))


@pytest.mark.parametrize("length", [5, 10, 15, 20, 30, 60])
def test_policy_accepts_an_appointment_length_that_divides_an_hour(length: int) -> None:
    assert Policy(appointment_length=minutes(length)).appointment_minutes == length


@pytest.mark.parametrize(
    ("after_noon", "expected"),
    [
        (timedelta(0), True),
        (minutes(15), True),
        (minutes(45), True),
        (minutes(10), False),
        (timedelta(seconds=1), False),
        (timedelta(microseconds=1), False),
        (timedelta(microseconds=-1), False),
    ],
)
def test_is_on_grid_accepts_only_the_exact_quarter_hour(after_noon: timedelta, expected: bool) -> None:
    assert Policy().is_on_grid(NOW + after_noon) is expected


def test_is_on_grid_counts_in_utc_whatever_the_offset() -> None:
    local_mean_time = timezone(timedelta(minutes=53, seconds=28))
    assert Policy().is_on_grid(datetime(2030, 1, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=45))))
    assert not Policy().is_on_grid(datetime(2030, 1, 1, 12, tzinfo=local_mean_time))
    assert Policy().is_on_grid(datetime(1960, 1, 1, 12, 15, tzinfo=UTC))


def test_starts_is_half_open() -> None:
    assert list(Policy().starts(NOW, NOW + minutes(45))) == [NOW, NOW + minutes(15), NOW + minutes(30)]
    assert list(Policy().starts(NOW, NOW)) == []
    assert list(Policy().starts(NOW, NOW - minutes(15))) == []


@pytest.mark.parametrize(("duration", "expected"), [(None, 1), (15, 1), (16, 2), (30, 2), (45, 3), (480, 32)])
def test_run_length_is_rounded_up_to_whole_appointments(duration: int | None, expected: int) -> None:
    assert Policy().run_length(None if duration is None else minutes(duration)) == expected


def test_earliest_start_is_the_lead_time_ahead() -> None:
    assert Policy().earliest_start(NOW) == NOW + timedelta(hours=24)
    assert Policy(lead_time=timedelta(hours=2)).earliest_start(NOW) == NOW + timedelta(hours=2)


def test_the_state_machine_has_exactly_these_transitions() -> None:
    ways = {(start, end) for start, ends in TRANSITIONS.items() for end in ends}
    assert ways == {
        (Status.PENDING, Status.CONFIRMED),
        (Status.PENDING, Status.CANCELLED),
        (Status.PENDING, Status.EXPIRED),
        (Status.CONFIRMED, Status.COMPLETED),
        (Status.CONFIRMED, Status.NO_SHOW),
        (Status.CONFIRMED, Status.CANCELLED),
    }
    assert set(TRANSITIONS) == set(Status)


def test_cancelled_or_expired_reservations_hold_no_time_and_ended_ones_cannot_move() -> None:
    assert set(Status) - HOLDING == {Status.CANCELLED, Status.EXPIRED}
    assert {Status.PENDING, Status.CONFIRMED} == MOVABLE


def test_each_action_is_allowed_to_these_roles() -> None:
    client, provider, staff = Role.CLIENT, Role.PROVIDER, Role.STAFF
    expected = {
        Action.CONFIRM: {client, staff},
        Action.CANCEL: {client, provider, staff},
        Action.RESCHEDULE: {client, staff},
        Action.COMPLETE: {provider, staff},
        Action.MARK_NO_SHOW: {provider, staff},
    }
    assert expected == MAY
