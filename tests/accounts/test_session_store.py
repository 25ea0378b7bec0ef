"""Sessions end two weeks after their last use, and SESSION_MAX_DAYS after the log-in."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.utils import timezone

from accounts.session_store import SessionStore
from reservation.models import User

DAY = 86_400
ADMIN = "/admin/"


@pytest.fixture
def staff_session(user: User, client: Browser) -> SessionStore:
    user.is_staff = user.is_superuser = True
    user.save()
    client.force_login(user)
    assert client.get(ADMIN).status_code == 200
    return SessionStore(Session.objects.get().pk)


def test_a_session_of_a_browser_ends_at_its_absolute_end(
    staff_session: SessionStore, client: Browser, settings: Any
) -> None:
    staff_session["began_at"] -= (settings.SESSION_MAX_DAYS - 1) * DAY
    staff_session.save()
    assert client.get(ADMIN).status_code == 200
    staff_session["began_at"] -= DAY
    staff_session.save()
    assert client.get(ADMIN).status_code == 302


def test_using_a_session_does_not_extend_it_beyond_its_absolute_end(staff_session: SessionStore, settings: Any) -> None:
    staff_session["began_at"] -= (settings.SESSION_MAX_DAYS - 1) * DAY
    for _ in range(2):
        staff_session.save()
        left = (Session.objects.get().expire_date - timezone.now()).total_seconds()
        assert DAY - 600 < left <= DAY
        assert DAY - 600 < staff_session.get_expiry_age() <= DAY


def test_a_new_log_in_begins_a_new_session(staff_session: SessionStore, user: User, client: Browser) -> None:
    staff_session["began_at"] -= 5 * DAY
    staff_session.save()
    before = staff_session["began_at"]
    client.force_login(user)
    assert client.session["began_at"] > before


def test_a_session_before_a_log_in_has_no_absolute_end() -> None:
    session = SessionStore()
    assert session.get_expiry_age() == 14 * DAY
