"""The command apply_retention, which uses the real clock."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from reservation.models import IdempotencyKey, Reservation
from reservation.policy import Policy
from tests.factories import make_client, make_provider
from tests.reservation.domain.people import reserve_at
from tests.rows import all_rows

pytestmark = pytest.mark.django_db


def run() -> str:
    output = StringIO()
    call_command("apply_retention", stdout=output)
    return output.getvalue()


def test_apply_retention_reports_what_it_did_and_twice_is_harmless(settings: Any) -> None:
    client, now = make_client(), timezone.now()
    old, _ = (reserve_at(client, make_provider(), place, key=f"k{place}") for place in (0, 1))
    begins_at = now - timedelta(days=8)
    Reservation.objects.filter(pk=old.pk).update(starts_at=begins_at, ends_at=begins_at + timedelta(minutes=15))
    IdempotencyKey.objects.filter(result=old.pk).update(created_at=now - timedelta(days=31))
    settings.RESERVATION_POLICY = Policy(retention=timedelta(days=7))
    assert run() == "Anonymised 1 reservations, and deleted 1 idempotency keys.\n"
    assert list(Reservation.objects.filter(client=client).values_list("starts_at__year", flat=True)) == [2030]
    assert IdempotencyKey.objects.count() == 1
    before = all_rows()
    assert run() == "Anonymised 0 reservations, and deleted 0 idempotency keys.\n"
    assert all_rows() == before
