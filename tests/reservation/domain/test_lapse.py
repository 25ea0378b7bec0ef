"""A hold lapses as time passes: no job has to run for it, and a job that runs makes no difference."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from reservation.domain.appointment import withdraw
from reservation.domain.errors import HoldExpired, InvalidTransition
from reservation.domain.expiry import expire_lapsed
from reservation.domain.queries.verification import find_violations
from reservation.domain.reservation import cancel, confirm, reschedule, reserve
from reservation.models import Reservation
from reservation.policy import OPEN_SINCE, Status
from tests.factories import (
    NOW,
    TOMORROW,
    caller,
    make_appointments,
    make_client,
    make_hold,
    make_provider,
    make_service,
    minutes,
    staff,
)
from tests.rows import history, last_change, leases, refused, remembered

pytestmark = pytest.mark.django_db

DAY_AFTER = TOMORROW + timedelta(days=1)
LAPSED = NOW + minutes(30)
MICROSECOND = timedelta(microseconds=1)


def make_long_hold() -> Reservation:
    return make_hold(service=make_service(duration_minutes=45), starts_at=DAY_AFTER)


def take_over(hold: Reservation, now: datetime) -> None:
    first = hold.appointments.earliest("starts_at")
    reserve(caller=caller(make_client()), appointment_id=first.pk, now=now)


def take_back(hold: Reservation, now: datetime) -> None:
    withdraw(caller=staff(), provider_id=hold.provider_id, starts_at=hold.starts_at, ends_at=hold.ends_at, now=now)


def sweep(_hold: Reservation, now: datetime) -> None:
    expire_lapsed(now=now)


def wait(_hold: Reservation, _now: datetime) -> None:
    """Do nothing but let time pass."""


def test_a_lapsed_hold_is_free_at_once_without_a_sweeper() -> None:
    hold = make_hold(starts_at=DAY_AFTER)
    appointment, who = hold.appointments.get(), caller(make_client())
    assert not appointment.is_free_at(LAPSED - MICROSECOND)
    assert appointment.is_free_at(LAPSED)
    taken = reserve(caller=who, appointment_id=appointment.pk, now=LAPSED)
    assert leases(hold.provider) == [(taken.pk, LAPSED + minutes(30), False)]


def test_a_reader_sees_a_lapsed_hold_as_expired() -> None:
    hold = make_hold()
    assert hold.status_at(LAPSED - MICROSECOND) is Status.PENDING
    assert hold.status_at(LAPSED) is Status.EXPIRED
    hold.refresh_from_db()
    assert hold.status == Status.PENDING


def test_take_over_expires_the_old_hold_and_opens_the_rest_of_its_run() -> None:
    hold = make_long_hold()
    pending, middle = remembered(hold, "PENDING"), hold.appointments.get(starts_at=DAY_AFTER + minutes(15))
    who = caller(make_client())
    taken = reserve(caller=who, appointment_id=middle.pk, now=LAPSED)
    open_lease = (None, OPEN_SINCE, False)
    assert leases(hold.provider) == [open_lease, (taken.pk, LAPSED + minutes(30), False), open_lease]
    assert history(hold) == [("HELD", hold.client.user_id, NOW), ("EXPIRED", None, LAPSED)]
    assert last_change(hold) == (pending, remembered(hold, "EXPIRED"))
    hold.refresh_from_db()
    assert (hold.status, hold.expires_at) == (Status.EXPIRED, None)


def test_a_client_takes_over_its_own_lapsed_hold() -> None:
    hold = make_long_hold()
    first = hold.appointments.earliest("starts_at")
    taken = reserve(caller=caller(hold.client), appointment_id=first.pk, service_id=hold.service_id, now=LAPSED)
    assert leases(hold.provider) == [(taken.pk, LAPSED + minutes(30), False)] * 3
    hold.refresh_from_db()
    assert hold.status == Status.EXPIRED
    assert list(find_violations()) == []


def test_a_run_may_take_over_several_lapsed_holds() -> None:
    service = make_service(duration_minutes=45)
    provider = make_provider(services=(service,))
    holds = [make_hold(provider=provider, starts_at=DAY_AFTER + minutes(15 * place)) for place in range(2)]
    make_appointments(provider, starts_at=DAY_AFTER + minutes(30))
    first = holds[0].appointments.get()
    taken = reserve(caller=caller(make_client()), appointment_id=first.pk, service_id=service.pk, now=LAPSED)
    assert leases(provider) == [(taken.pk, LAPSED + minutes(30), False)] * 3
    assert [history(hold)[-1] for hold in holds] == [("EXPIRED", None, LAPSED)] * 2
    assert list(find_violations()) == []


@pytest.mark.parametrize("happens", [wait, sweep, take_over, take_back])
def test_after_the_lapse_a_hold_can_neither_be_confirmed_nor_moved_nor_cancelled(
    happens: Callable[[Reservation, datetime], None],
) -> None:
    hold = make_long_hold()
    [elsewhere] = make_appointments(make_provider(services=(hold.service,)), starts_at=DAY_AFTER)
    happens(hold, LAPSED)
    for who in (caller(hold.client), staff()):
        with refused(HoldExpired, field="reservation_id"):
            confirm(caller=who, reservation_id=hold.pk, now=LAPSED)
        with refused(HoldExpired, field="reservation_id"):
            reschedule(caller=who, reservation_id=hold.pk, appointment_id=elsewhere.pk, now=LAPSED)
        with refused(InvalidTransition, field="reservation_id"):
            cancel(caller=who, reservation_id=hold.pk, now=LAPSED)


def test_a_sweep_changes_nothing_that_a_reader_sees() -> None:
    hold = make_long_hold()
    expire_lapsed(now=LAPSED)
    assert leases(hold.provider) == [(None, OPEN_SINCE, False)] * 3
    hold.refresh_from_db()
    assert hold.status_at(LAPSED) is Status.EXPIRED
