"""The signals that the domain sends on commit."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from reservation.domain.reservation import cancel, confirm, reserve
from reservation.domain.signals import calendars_changed, reservation_changed
from reservation.models import Reservation
from tests.factories import NOW, caller, make_appointments, make_client, make_provider

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent() -> Iterator[list[Any]]:
    """The kinds of change and the ids of providers that signals have sent."""
    values: list[Any] = []

    def note(**arguments: Any) -> None:
        values.append(arguments.get("kind", arguments.get("provider_ids")))

    def fail(**_: Any) -> None:
        raise RuntimeError("a receiver fails")

    for signal in (reservation_changed, calendars_changed):
        signal.connect(fail)
        signal.connect(note)
    yield values
    for signal in (reservation_changed, calendars_changed):
        signal.disconnect(note)
        signal.disconnect(fail)


def test_each_change_is_sent_with_its_kind_and_its_calendar(sent: list[Any]) -> None:
    [appointment] = make_appointments(make_provider())
    who, calendar = caller(make_client()), frozenset({appointment.provider_id})
    hold = reserve(caller=who, appointment_id=appointment.pk, now=NOW)
    confirm(caller=who, reservation_id=hold.pk, now=NOW)
    confirm(caller=who, reservation_id=hold.pk, now=NOW)  # acknowledges the change again
    cancel(caller=who, reservation_id=hold.pk, now=NOW)
    assert sent == ["HELD", calendar, "CONFIRMED", calendar, calendar, "CANCELLED", calendar]


def test_nothing_is_sent_before_the_commit_nor_after_a_rollback(sent: list[Any]) -> None:
    [appointment] = make_appointments(make_provider())
    who = caller(make_client())
    with transaction.atomic():
        reserve(caller=who, appointment_id=appointment.pk, now=NOW)
        assert sent == []
        transaction.set_rollback(True)
    assert (sent, Reservation.objects.count()) == ([], 0)
