"""Creating and changing services."""

import pytest
from pytest_django import Settings

from reservation.domain.caller import ANONYMOUS
from reservation.domain.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from reservation.domain.service import create_service, update_service
from reservation.models import Service
from reservation.policy import Policy
from tests.factories import NOW, caller, make_client, make_hold, make_provider, make_service, minutes, staff
from tests.rows import all_rows, refused

pytestmark = pytest.mark.django_db

WRONG = [
    ("name", ""),
    ("name", "  "),
    ("name", "nu\0l"),
    ("name", "x" * 201),
    ("name", "x" * 300),
    ("description", "nu\0l"),
    ("description", "x" * 2001),
    ("description", "x" * 10_000),
    ("duration_minutes", -15),
    ("duration_minutes", 0),
    ("duration_minutes", 1),
    ("duration_minutes", 50),
    ("duration_minutes", 495),
    ("duration_minutes", 2**31 - 15),
]


def test_create_service() -> None:
    service = create_service(
        caller=staff(), name="Consultation", description="Time to talk.", duration_minutes=45, now=NOW
    )
    assert Service.objects.values().get() == {
        "id": service.pk,
        "name": "Consultation",
        "folded_name": "consultation",
        "description": "Time to talk.",
        "duration_minutes": 45,
        "is_active": True,
        "created_at": NOW,
    }


@pytest.mark.parametrize("duration", [15, 480])
def test_create_service_accepts_the_shortest_and_the_longest(duration: int) -> None:
    service = create_service(caller=staff(), name="x" * 200, duration_minutes=duration, now=NOW)
    assert (service.duration_minutes, service.description) == (duration, "")


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_create_service_refuses(field: str, value: object) -> None:
    who, arguments = staff(), {"name": "Consultation", "duration_minutes": 45, field: value}
    with refused(InvalidInput, field=field):
        create_service(caller=who, now=NOW, **arguments)  # type: ignore[arg-type]


def test_settings_change_the_allowed_durations(settings: Settings) -> None:
    settings.RESERVATION_POLICY = Policy(appointment_length=minutes(20), max_service_length=minutes(60))
    who = staff()
    for duration in (45, 80):
        with refused(InvalidInput, field="duration_minutes"):
            create_service(caller=who, name="Consultation", duration_minutes=duration, now=NOW)
    assert create_service(caller=who, name="Consultation", duration_minutes=60, now=NOW).duration_minutes == 60


def test_update_service_changes_what_is_given() -> None:
    service, who = make_service(name="Before", description="Old."), staff()
    before = Service.objects.values().get()
    update_service(caller=who, service_id=service.pk, is_active=False, now=NOW)
    assert Service.objects.values().get() == {**before, "is_active": False}
    update_service(
        caller=who, service_id=service.pk, name="After", description="", duration_minutes=30, is_active=True, now=NOW
    )
    after = {**before, "name": "After", "folded_name": "after", "description": "", "duration_minutes": 30}
    assert Service.objects.values().get() == after


def test_update_service_without_anything_changes_nothing() -> None:
    service, who = make_service(), staff()
    before = all_rows()
    assert update_service(caller=who, service_id=service.pk, now=NOW) == service
    assert all_rows() == before


def test_existing_reservations_keep_their_length() -> None:
    service = make_service(duration_minutes=45)
    hold = make_hold(service=service)
    update_service(caller=staff(), service_id=service.pk, duration_minutes=15, now=NOW)
    hold.refresh_from_db()
    assert hold.ends_at - hold.starts_at == minutes(45)
    assert hold.appointments.count() == 3


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_update_service_refuses(field: str, value: object) -> None:
    service, who = make_service(), staff()
    with refused(InvalidInput, field=field):
        update_service(caller=who, service_id=service.pk, now=NOW, **{field: value})  # type: ignore[arg-type]


def test_update_service_refuses_an_unknown_service() -> None:
    who = staff()
    for service_id in (0, 2**63 - 1):
        with refused(NotFound, field="service_id"):
            update_service(caller=who, service_id=service_id, name="After", now=NOW)


def test_only_staff_may_change_services() -> None:
    service = make_service()
    provider = make_provider(services=(service,))
    for who, error in (
        (caller(provider), Forbidden),
        (caller(make_client()), Forbidden),
        (ANONYMOUS, Unauthenticated),
    ):
        with refused(error, field=None):
            create_service(caller=who, name="Consultation", duration_minutes=15, now=NOW)
        with refused(error, field=None):
            update_service(caller=who, service_id=service.pk, name="After", now=NOW)
