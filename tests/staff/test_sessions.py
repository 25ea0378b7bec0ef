"""The page of sessions: shows and ends the sessions of the own account only."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client as Browser

from reservation.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db

EMAIL, PASSWORD = "staff@example.com", "correct-horse-9"
PAGE = "/admin/sessions/"


@pytest.fixture(autouse=True)
def _accounts() -> None:
    cache.clear()
    for email in (EMAIL, "other@example.com"):
        make_user(email=email, password=PASSWORD, is_staff=True, is_superuser=True)


def log_in(agent: str, email: str = EMAIL) -> Browser:
    browser = Browser(headers={"user-agent": agent})
    fields = {"username": email, "password": PASSWORD, "next": "/admin/"}
    assert browser.post("/admin/login/", fields).status_code == 302
    return browser


def is_inside(browser: Browser) -> bool:
    return browser.get("/admin/").status_code == 200


def session_of(agent: str) -> UserSession:
    return UserSession.objects.get(user_agent=agent)


def test_the_list_shows_the_own_sessions_this_one_first() -> None:
    here = log_in("here")
    log_in("elsewhere"), log_in("foreign", "other@example.com")
    page: Any = here.get(PAGE)
    assert [session.user_agent for session, *_ in page.context["sessions"]] == ["here", "elsewhere"]
    assert page.content.count(b"This one") == 1


def test_one_of_them_is_ended() -> None:
    here, elsewhere, third = (log_in(agent) for agent in ("here", "elsewhere", "third"))
    assert here.post(PAGE, {"session": session_of("elsewhere").pk}).status_code == 302
    assert [is_inside(browser) for browser in (here, elsewhere, third)] == [True, False, True]


def test_all_the_others_are_ended() -> None:
    here, elsewhere = log_in("here"), log_in("elsewhere")
    here.post(PAGE, {"session": "others"})
    assert (is_inside(here), is_inside(elsewhere)) == (True, False)


@pytest.mark.parametrize("chosen", ["", "nonsense", "0", "9" * 30, "9" * 5000])
def test_an_unknown_session_ends_none(chosen: str) -> None:
    here, elsewhere = log_in("here"), log_in("elsewhere")
    assert here.post(PAGE, {"session": chosen}).status_code == 302
    assert (is_inside(here), is_inside(elsewhere)) == (True, True)


def test_ending_this_one_logs_out() -> None:
    here = log_in("here")
    assert here.post(PAGE, {"session": session_of("here").pk}).url == "/admin/login/"
    assert not is_inside(here)
    assert not UserSession.objects.exists()


def test_sessions_of_other_accounts_are_not_ended() -> None:
    here, other = log_in("here"), log_in("foreign", "other@example.com")
    here.post(PAGE, {"session": session_of("foreign").pk})
    here.post(PAGE, {"session": "others"})
    assert is_inside(other)


def test_it_is_for_staff() -> None:
    User.objects.filter(email=EMAIL).update(is_staff=False)
    stranger = Browser()
    assert stranger.get(PAGE).url == f"/admin/login/?next={PAGE}"
