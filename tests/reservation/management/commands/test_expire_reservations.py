"""The command expire_reservations. It uses the real clock, so the holds of these tests have lapsed by that."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from reservation.models import Reservation
from tests.factories import make_hold
from tests.rows import all_rows, history

pytestmark = pytest.mark.django_db


def run() -> str:
    output = StringIO()
    call_command("expire_reservations", stdout=output)
    return output.getvalue()


def test_expire_reservations_expires_lapsed_holds_and_reports_how_many() -> None:
    hour_ago = timezone.now() - timedelta(hours=1)
    lapsed, live = make_hold(now=hour_ago), make_hold()
    assert run() == "Expired 1 reservations.\n"
    assert [kind for kind, *_ in history(lapsed)] == ["HELD", "EXPIRED"]
    assert dict(Reservation.objects.values_list("pk", "status")) == {lapsed.pk: "EXPIRED", live.pk: "PENDING"}


def test_expire_reservations_twice_is_harmless() -> None:
    make_hold(now=timezone.now() - timedelta(hours=1))
    run()
    before = all_rows()
    assert run() == "Expired 0 reservations.\n"
    assert all_rows() == before
