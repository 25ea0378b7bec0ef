"""`is_possible` agrees with what the commands do: there is no second list of rules."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.db import transaction

from reservation.domain.errors import DomainError
from reservation.domain.reservation import cancel, complete, confirm, mark_no_show, reschedule
from reservation.domain.transition import is_possible
from reservation.models import Reservation
from reservation.policy import Action, Policy, Status
from tests.factories import (
    NOW,
    TOMORROW,
    caller,
    make_appointments,
    make_booking,
    make_client,
    make_hold,
    minutes,
    staff,
)

pytestmark = pytest.mark.django_db

START = TOMORROW + timedelta(days=1)
MOMENTS = {
    "at once": NOW,
    "once a hold has lapsed": NOW + minutes(31),
    "within the notice": START - minutes(60),
    "when it begins": START,
    "afterwards": START + minutes(60),
}
COMMANDS = {
    Action.CONFIRM: confirm,
    Action.CANCEL: cancel,
    Action.RESCHEDULE: reschedule,
    Action.COMPLETE: complete,
    Action.MARK_NO_SHOW: mark_no_show,
}


def make(status: Status) -> Reservation:
    hold = make_hold(starts_at=START) if status in (Status.PENDING, Status.EXPIRED) else make_booking(starts_at=START)
    if status is Status.CANCELLED:
        return cancel(caller=caller(hold.client), reservation_id=hold.pk, now=NOW)
    ends = {Status.COMPLETED: complete, Status.NO_SHOW: mark_no_show}
    if status in ends:
        return ends[status](caller=staff(), reservation_id=hold.pk, now=START)
    return hold


@pytest.mark.parametrize("status", list(Status))
def test_is_possible_if_and_only_if_the_command_succeeds(status: Status, settings: Any) -> None:
    settings.RESERVATION_POLICY = Policy(cancellation_notice=timedelta(hours=2))
    reservation = make(status)
    target = make_appointments(reservation.provider, starts_at=START + timedelta(days=30))[0]
    people = [staff(), caller(reservation.client), caller(reservation.provider), caller(make_client())]
    for (moment, now), action, who in product(MOMENTS.items(), Action, people):
        given = {"appointment_id": target.pk} if action is Action.RESCHEDULE else {}
        possible = is_possible(action, reservation, caller=who, now=now)
        assert possible == succeeds(COMMANDS[action], reservation, caller=who, now=now, **given), (moment, action, who)


def succeeds(command: Any, reservation: Reservation, **arguments: Any) -> bool:
    """Whether the command changes the reservation; the change is rolled back. A repeated command changes nothing."""
    with transaction.atomic():
        events = reservation.events.count()
        try:
            command(reservation_id=reservation.pk, **arguments)
        except DomainError:
            return False
        is_done = reservation.events.count() > events
        transaction.set_rollback(True)
        return is_done
