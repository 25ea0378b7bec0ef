"""withdraw finds the free appointments and deletes them in one statement, so that no hold can come in between."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reservation.domain.appointment import withdraw
from reservation.domain.queries.verification import find_violations
from reservation.models import Appointment
from tests.factories import NOW, TOMORROW, make_appointments, make_booking, make_hold, make_provider, minutes, staff

pytestmark = pytest.mark.django_db

LAPSED = NOW - minutes(30)
"""When a hold was made that has lapsed by NOW."""


def test_withdraw_deletes_with_one_statement_that_checks_the_lease() -> None:
    provider = make_provider()
    booking = make_booking(provider=provider, starts_at=TOMORROW)
    hold = make_hold(provider=provider, starts_at=TOMORROW + minutes(15))
    make_hold(provider=provider, starts_at=TOMORROW + minutes(30), now=LAPSED)
    make_appointments(provider, starts_at=TOMORROW + minutes(45), number=2)
    with CaptureQueriesContext(connection) as captured:
        withdrawn = withdraw(
            caller=staff(), provider_id=provider.pk, starts_at=TOMORROW, ends_at=TOMORROW + minutes(75), now=NOW
        )
    statements = [query["sql"].replace('"', "").replace("`", "") for query in captured]
    (deletion,) = [sql for sql in statements if sql.startswith("DELETE")]
    table, _, condition = deletion.removeprefix("DELETE FROM ").partition(" WHERE ")
    assert table == "reservation_appointment"
    assert "reservation_appointment.reservation_id IS NULL" in condition
    assert "reservation_appointment.starts_at >= " in condition
    assert " IN (" not in condition
    assert withdrawn == 3
    assert list(Appointment.objects.order_by("starts_at").values_list("reservation_id", flat=True)) == [
        booking.pk,
        hold.pk,
    ]
    assert list(find_violations()) == []


@pytest.mark.parametrize("number", [1, 100])
def test_withdraw_costs_the_same_for_any_number_of_appointments(number: int) -> None:
    provider, who = make_provider(), staff()
    make_appointments(provider, number=number)
    with CaptureQueriesContext(connection) as captured:
        withdrawn = withdraw(
            caller=who,
            provider_id=provider.pk,
            starts_at=TOMORROW,
            ends_at=TOMORROW + minutes(15 * number),
            now=NOW,
        )
    words = [query["sql"].partition(" ")[0] for query in captured]
    assert (withdrawn, words) == (number, ["SAVEPOINT", "SELECT", "SELECT", "DELETE", "RELEASE"])
