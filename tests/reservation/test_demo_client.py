"""Demo data: the demo client can reserve, and loading adds all rows or none."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from reservation import demo
from reservation.demo import DemoOptions, load
from reservation.domain.queries.open_appointments import OpenAppointments
from reservation.domain.queries.verification import find_violations
from reservation.domain.reservation import reserve
from reservation.models import Client, Provider, Reservation
from tests.factories import NOW, caller
from tests.rows import all_rows

pytestmark = pytest.mark.django_db

PRACTICE = DemoOptions(providers=2, days=14, booked=0.9, seed=7, now=NOW)

EMAIL = "client@example.com"


def test_all_clients_but_the_demo_client_have_reservations() -> None:
    load(PRACTICE, is_silent=True)
    idle = Client.objects.exclude(pk__in=Reservation.objects.values("client_id"))
    assert [client.user.email for client in idle] == [EMAIL]
    assert Client.objects.count() == 20


def test_the_demo_client_can_reserve_the_first_open_appointment_of_any_provider() -> None:
    load(PRACTICE, is_silent=True)
    client = Client.objects.get(user__email=EMAIL)
    for provider in Provider.objects.all():
        first, *_ = OpenAppointments.of(now=NOW, provider_ids=[provider.pk]).queryset().order_by("starts_at")
        assert reserve(caller=caller(client), appointment_id=first.pk, now=NOW).client == client
    assert list(find_violations()) == []


working_slots = demo.working_slots


def fail_for_the_second(day: date, zone: ZoneInfo) -> list[datetime]:
    """Like `working_slots`, but fails at the second provider's calendar."""
    if zone.key == demo.ZONES[1]:
        raise LookupError(zone.key)
    return working_slots(day, zone)


def test_loading_that_fails_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = all_rows()
    monkeypatch.setattr(demo, "working_slots", fail_for_the_second)
    with pytest.raises(LookupError, match=demo.ZONES[1]):
        load(PRACTICE, is_silent=True)
    assert all_rows() == before
    assert not any(before.values())
