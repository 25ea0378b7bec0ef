"""Shared by the tests of the calendar: staff with some permissions, and a practice the week after next."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client as Browser
from django.utils import timezone

from reservation.models import Provider, User
from tests.factories import make_appointments, make_provider, make_service, make_user, minutes

LOOK = ("view_appointment", "view_reservation")
ALL = (*LOOK, "add_reservation", "change_reservation", "view_client", "add_client")


def soon() -> datetime:
    """Nine o'clock in UTC on the Wednesday after next, by the real clock, which the admin uses."""
    today = timezone.now().date()
    return datetime(*(today + timedelta(days=16 - today.weekday())).timetuple()[:3], 9, tzinfo=UTC)


def permit(*permissions: str) -> User:
    """A member of staff with these permissions, and no others."""
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def make_practice(**fields: Any) -> Provider:
    """A provider with two hours open that day, and two services, of 15 and 30 minutes."""
    services = (make_service(name="Check-up"), make_service(name="Consultation", duration_minutes=30))
    provider = make_provider(services=services, **{"name": "Anna", **fields})
    make_appointments(provider, starts_at=soon(), number=8)
    return provider


def read(browser: Browser, **query: Any) -> dict[str, Any]:
    """The grid, as the page reads it."""
    query.setdefault("date", soon().date().isoformat())
    response = browser.get("/admin/calendar/grid/", query)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    answer: dict[str, Any] = response.json()
    return answer


def at(quarter: int) -> datetime:
    return soon() + minutes(15 * quarter)
