"""A staff session of the admin authenticates requests from pages of this site, and from no other."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client as Browser

from tests.practice import Practice

VIEWER = {"query": "{ viewer { email isStaff } }"}
SAME_ORIGIN = "http://testserver"
NOBODY = {"email": None, "isStaff": False}


def viewer(browser: Browser, origin: str | None, **headers: str) -> Any:
    headers |= {"Origin": origin} if origin else {}
    response = browser.post("/graphql/", VIEWER, content_type="application/json", headers=headers)
    assert response["Cache-Control"] == "no-store"
    return response.json()["data"]["viewer"]


@pytest.fixture
def staff(client: Browser, practice: Practice) -> Browser:
    client.force_login(practice.client.user.__class__.objects.get(pk=practice.staff.user_id))
    return client


def test_a_post_from_a_page_of_this_site_is_authenticated(staff: Browser, practice: Practice) -> None:
    assert viewer(staff, SAME_ORIGIN) == {"email": practice.staff.email, "isStaff": True}


@pytest.mark.parametrize("origin", [None, "null", "https://testserver", "http://testserver:81", "http://evil.example"])
def test_a_post_from_another_page_is_anonymous(origin: str | None, staff: Browser) -> None:
    assert viewer(staff, origin) == NOBODY


def test_a_get_is_anonymous(staff: Browser) -> None:
    response = staff.get("/graphql/", VIEWER, headers={"Origin": SAME_ORIGIN})
    assert response.json()["data"]["viewer"] == NOBODY
    assert response["Cache-Control"] == "no-store"


def test_others_than_staff_need_a_token(client: Browser, practice: Practice) -> None:
    client.force_login(practice.client.user)
    assert viewer(client, SAME_ORIGIN) == NOBODY


def test_without_the_required_second_factor_the_caller_is_not_staff(
    staff: Browser, practice: Practice, settings: Any
) -> None:
    settings.STAFF_MFA_REQUIRED = True
    assert viewer(staff, SAME_ORIGIN) == {"email": practice.staff.email, "isStaff": False}


def test_an_account_that_lost_its_staff_status_is_not_staff(
    staff: Browser, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    for found, shown in (
        (None, NOBODY),
        (replace(practice.staff, is_staff=False), {"email": practice.staff.email, "isStaff": False}),
    ):
        monkeypatch.setattr("api.http.authentication.find_caller", lambda _, found=found: found)
        assert viewer(staff, SAME_ORIGIN) == shown


def test_a_token_takes_precedence_over_a_session(staff: Browser) -> None:
    response = staff.post(
        "/graphql/",
        VIEWER,
        content_type="application/json",
        headers={"Origin": SAME_ORIGIN, "Authorization": "Bearer x"},
    )
    assert response.status_code == 401


def test_a_request_without_a_session_takes_no_statement(
    client: Browser, django_assert_num_queries: Any, db: None
) -> None:
    with django_assert_num_queries(0):
        assert viewer(client, SAME_ORIGIN) == NOBODY
