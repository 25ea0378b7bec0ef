"""Retention: old reservations are anonymised, old idempotency keys deleted."""

from datetime import timedelta
from typing import Any

import pytest

from reservation.domain import retention
from reservation.domain.queries.verification import find_violations
from reservation.domain.reservation import complete, confirm
from reservation.domain.retention import anonymise_past_reservations, delete_old_keys
from reservation.models import Client, IdempotencyKey, Reservation
from reservation.policy import Policy
from tests.factories import NOW, TOMORROW, caller, make_booking, make_client, make_provider, minutes
from tests.reservation.domain.people import cancel_for_a_reason, make_person, reserve_at
from tests.rows import all_rows, history, leases

pytestmark = pytest.mark.django_db

MONTH = timedelta(days=30)


@pytest.fixture
def _retention_of_a_month(settings: Any) -> None:
    settings.RESERVATION_POLICY = Policy(retention=MONTH)


@pytest.mark.usefixtures("_retention_of_a_month")
def test_old_reservations_are_anonymised_and_the_calendar_is_unchanged() -> None:
    client, provider = make_person(), make_provider()
    given_up = cancel_for_a_reason(reserve_at(client, provider, 0))
    booking = confirm(caller=caller(client), reservation_id=reserve_at(client, provider, 1).pk, now=NOW)
    complete(caller=caller(provider), reservation_id=booking.pk, now=TOMORROW + minutes(30))
    before, calendar = all_rows(), leases(provider)
    assert anonymise_past_reservations(now=TOMORROW + minutes(15) + MONTH) == 1  # the booking is not older
    assert anonymise_past_reservations(now=TOMORROW + minutes(16) + MONTH) == 1
    erased, after = Client.objects.select_related("user").get(name="Erased client"), all_rows()
    changed = {"client_id": erased.pk, "note": "", "cancel_reason": None}
    assert after["Reservation"] == [{**row, **changed} for row in before["Reservation"]]
    assert [row for row in after["Client"] if row["id"] != erased.pk] == before["Client"]
    assert [row for row in after["User"] if row["id"] != erased.user_id] == before["User"]
    assert leases(provider) == calendar
    assert [user for _, user, _ in history(given_up)] == [erased.user_id, provider.user_id]
    assert [user for _, user, _ in history(booking)] == [erased.user_id, erased.user_id, provider.user_id]
    assert list(find_violations()) == []


@pytest.mark.usefixtures("_retention_of_a_month")
def test_anonymising_twice_is_harmless() -> None:
    make_booking()
    now = TOMORROW + MONTH + minutes(1)
    assert anonymise_past_reservations(now=now) == 1
    before = all_rows()
    assert anonymise_past_reservations(now=now) == 0
    assert all_rows() == before


@pytest.mark.usefixtures("_retention_of_a_month")
def test_a_provider_who_is_also_a_client_stays_in_the_history_of_its_own_calendar() -> None:
    provider = make_provider()
    elsewhere = make_booking(client=make_client(user=provider.user))
    here = cancel_for_a_reason(make_booking(provider=provider))
    assert anonymise_past_reservations(now=TOMORROW + MONTH + minutes(1)) == 2
    erased = Client.objects.get(name="Erased client")
    assert [user for _, user, _ in history(here)] == [erased.user_id, erased.user_id, provider.user_id]
    assert [user for _, user, _ in history(elsewhere)] == [erased.user_id, erased.user_id]


@pytest.mark.usefixtures("_retention_of_a_month")
def test_all_old_reservations_are_anonymised_over_several_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH_SIZE", 2)
    for _ in range(5):
        make_booking()
    assert anonymise_past_reservations(now=TOMORROW + MONTH + minutes(1)) == 5
    assert Reservation.objects.exclude(client__name="Erased client").count() == 0


def test_without_a_retention_nothing_is_anonymised() -> None:
    make_booking()
    before = all_rows()
    assert anonymise_past_reservations(now=TOMORROW + timedelta(days=10_000)) == 0
    assert all_rows() == before


def test_keys_are_deleted_after_30_days_and_their_effect_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH_SIZE", 2)
    client, provider = make_client(), make_provider()
    for place in range(3):
        reserve_at(client, provider, place, key=f"k{place}")
    before = all_rows()
    assert delete_old_keys(now=NOW + MONTH) == 0
    assert all_rows() == before
    assert delete_old_keys(now=NOW + MONTH + minutes(1)) == 3
    assert IdempotencyKey.objects.count() == 0
    assert all_rows() == {**before, "IdempotencyKey": []}


@pytest.mark.parametrize("number", ["retention", "key_life"])
def test_the_retention_and_the_life_of_keys_are_not_negative(number: str) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        Policy(**{number: -minutes(1)})
