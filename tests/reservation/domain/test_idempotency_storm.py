"""The same request, sent many times at once: each gets the result of the first."""

import threading
from collections import Counter

import pytest
from django.db import connection

from reservation.domain.reservation import reserve
from reservation.models import Appointment, Client, IdempotencyKey, Reservation
from tests.factories import NOW, caller, make_appointments, make_client, make_hold, make_provider
from tests.rows import all_rows

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 20


@pytest.fixture(autouse=True)
def _many_writers() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: nothing happens at once")


def reserve_at_once(client: Client, appointment: Appointment) -> Counter[str]:
    """Make AT_ONCE calls with one key, each on its own thread and connection. Returns how often each outcome
    occurred: the id of the reservation, or the name of the error."""
    who, start = caller(client), threading.Barrier(AT_ONCE)
    outcomes: list[str] = []

    def call() -> None:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            outcome = str(reserve.once("key", caller=who, appointment_id=appointment.pk, now=NOW).pk)
        except Exception as error:
            outcome = type(error).__name__
        finally:
            connection.close()
        outcomes.append(outcome)

    threads = [threading.Thread(target=call) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


def test_all_retries_get_the_error_and_no_key_is_stored() -> None:
    taken = make_hold().appointments.get()
    client = make_client()
    before = all_rows()
    assert reserve_at_once(client, taken) == {"AppointmentTaken": AT_ONCE}
    assert not IdempotencyKey.objects.exists()
    assert all_rows() == before


def test_all_retries_get_the_result_and_it_has_one_effect() -> None:
    [appointment] = make_appointments(make_provider())
    client = make_client()
    outcomes = reserve_at_once(client, appointment)
    assert outcomes == {str(Reservation.objects.get(client=client).pk): AT_ONCE}
    assert IdempotencyKey.objects.count() == 1
