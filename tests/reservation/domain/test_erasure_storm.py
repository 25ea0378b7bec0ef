"""Clients are erased while they reserve and confirm: each is erased in the end, and every invariant holds."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from reservation.domain.erasure import erase_client
from reservation.domain.errors import DomainError
from reservation.domain.queries.verification import find_violations
from reservation.domain.reservation import confirm, reserve
from reservation.models import Client, Reservation, ReservationEvent, User
from tests.factories import NOW, caller, make_appointments, make_client, make_hold, make_provider, staff

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 6


@pytest.fixture(autouse=True)
def _many_writers() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: nothing happens at once")


def at_once(*calls: Callable[[], object]) -> list[Exception]:
    """Run each call on its own thread and connection. Returns the exceptions, except the domain's errors."""
    start, failures = threading.Barrier(len(calls)), list[Exception]()

    def run(call: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            call()
        except DomainError:
            pass
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_a_client_that_reserves_and_confirms_meanwhile_is_erased() -> None:
    who, provider = staff(), make_provider()
    slots = make_appointments(provider, number=CLIENTS)
    calls: list[Callable[[], object]] = []
    for slot in slots:
        client = make_client()
        hold, own = make_hold(client=client, starts_at=slot.ends_at), caller(client)
        calls += [
            lambda own=own, slot=slot: reserve(caller=own, appointment_id=slot.pk, now=NOW),
            lambda own=own, hold=hold: confirm(caller=own, reservation_id=hold.pk, now=NOW),
            lambda own=own: erase_client(caller=own, client_id=own.client_id, now=NOW),
            lambda own=own: erase_client(caller=who, client_id=own.client_id, now=NOW),
        ]
    assert at_once(*calls) == []
    erased = Client.objects.get()
    assert erased.name == "Erased client"
    assert set(Reservation.objects.values_list("client_id", "status")) == {(erased.pk, "CANCELLED")}
    user_ids = set(ReservationEvent.objects.values_list("user_id", flat=True))
    assert user_ids <= {erased.user_id, who.user_id}
    assert set(User.objects.values_list("pk", flat=True)) >= user_ids
    assert list(find_violations()) == []
