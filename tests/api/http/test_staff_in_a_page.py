"""Staff who has logged in to the admin may use the API from a page of this site, and from no other."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client as Browser

from tests.practice import Practice

VIEWER = {"query": "{ viewer { email isStaff } }"}
OURS = "http://testserver"
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


def test_staff_is_known_in_a_page_of_this_site(staff: Browser, practice: Practice) -> None:
    assert viewer(staff, OURS) == {"email": practice.staff.email, "isStaff": True}


@pytest.mark.parametrize("origin", [None, "null", "https://testserver", "http://testserver:81", "http://evil.example"])
def test_and_in_no_other(origin: str | None, staff: Browser) -> None:
    assert viewer(staff, origin) == NOBODY


def test_nor_by_get(staff: Browser) -> None:
    response = staff.get("/graphql/", VIEWER, headers={"Origin": OURS})
    assert response.json()["data"]["viewer"] == NOBODY
    assert response["Cache-Control"] == "no-store"


def test_who_is_not_staff_needs_a_token(client: Browser, practice: Practice) -> None:
    client.force_login(practice.client.user)
    assert viewer(client, OURS) == NOBODY


def test_without_the_second_factor_that_is_required_nobody_is_staff(
    staff: Browser, practice: Practice, settings: Any
) -> None:
    settings.STAFF_MFA_REQUIRED = True
    assert viewer(staff, OURS) == {"email": practice.staff.email, "isStaff": False}


def test_whose_rights_were_taken_away_meanwhile_is_not_staff(
    staff: Browser, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    for found, shown in (
        (None, NOBODY),
        (replace(practice.staff, is_staff=False), {"email": practice.staff.email, "isStaff": False}),
    ):
        monkeypatch.setattr("api.http.authentication.find_caller", lambda _, found=found: found)
        assert viewer(staff, OURS) == shown


def test_a_token_goes_before_a_session(staff: Browser) -> None:
    response = staff.post(
        "/graphql/", VIEWER, content_type="application/json", headers={"Origin": OURS, "Authorization": "Bearer x"}
    )
    assert response.status_code == 401


def test_who_has_no_session_costs_no_statement(client: Browser, django_assert_num_queries: Any, db: None) -> None:
    with django_assert_num_queries(0):
        assert viewer(client, OURS) == NOBODY
