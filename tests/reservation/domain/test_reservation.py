"""Compare-and-swap: a command changes a reservation only if the row is still as it was read."""

from typing import Any

import pytest
from django.db import transaction

from reservation.domain.reservation import change, confirm
from reservation.domain.transaction import Conflict
from reservation.models import EventKind, Reservation
from reservation.policy import BOOKED_UNTIL, Status
from tests.factories import NOW, TOMORROW, caller, make_hold, make_provider, minutes, staff
from tests.rows import all_rows

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "meanwhile",
    [
        {"status": Status.EXPIRED, "expires_at": None},
        {"starts_at": TOMORROW - minutes(15)},
        {"provider_id": None},
    ],
    ids=["another state", "another start", "another provider"],
)
def test_change_refuses_a_row_that_changed_after_it_was_read(meanwhile: dict[str, Any]) -> None:
    hold, who = make_hold(), staff()
    if "provider_id" in meanwhile:
        meanwhile = {"provider_id": make_provider().pk}
    Reservation.objects.filter(pk=hold.pk).update(**meanwhile)
    before = all_rows()
    with pytest.raises(Conflict), transaction.atomic():
        change(hold, EventKind.CONFIRMED, caller=who, now=NOW, status=Status.CONFIRMED, confirmed_at=NOW)
    assert all_rows() == before


@pytest.mark.parametrize("lost", [{"available_at": NOW}, {"reservation_id": None}], ids=["lapsed", "taken"])
def test_confirm_writes_nothing_when_it_no_longer_has_the_whole_run(lost: dict[str, Any]) -> None:
    """As if another transaction had changed the lease after it was read: the UPDATE decides."""
    hold, other = make_hold(), make_hold()
    if "reservation_id" in lost:
        lost = {"reservation_id": other.pk}
    hold.appointments.update(**lost)
    before, who = all_rows(), caller(hold.client)
    with pytest.raises(Conflict):
        confirm(caller=who, reservation_id=hold.pk, now=NOW)
    assert all_rows() == before
    assert not other.appointments.filter(available_at=BOOKED_UNTIL).exists()
