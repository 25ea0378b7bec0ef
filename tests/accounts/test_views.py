"""Paths below /auth/ where allauth's own view fails with 500, as schemathesis has found."""

from typing import Any

import pytest

from reservation.models import User
from tests.api.application import Application, codes_of
from tests.factories import make_user

CREDENTIALS = {"email": "cleo@example.com", "password": "correct-horse-9"}


@pytest.fixture
def application(db: None) -> Application:
    make_user(**CREDENTIALS)
    application = Application()
    assert application.log_in(**CREDENTIALS).status_code == 200
    return application


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**40, str(2**63)])
def test_an_id_of_a_session_that_no_column_stores_is_refused(number: Any, application: Application) -> None:
    response = application("DELETE", "auth/sessions", sessions=[number])
    assert (response.status_code, codes_of(response)) == (400, ["invalid_choice"])
    assert len(application("GET", "auth/sessions").json()["data"]) == 1


def test_a_session_is_ended_by_its_id(application: Application) -> None:
    Application("tablet").log_in(**CREDENTIALS)
    [other] = [one["id"] for one in application("GET", "auth/sessions").json()["data"] if not one["is_current"]]
    assert application("DELETE", "auth/sessions", sessions=[other]).status_code == 200
    assert [one["is_current"] for one in application("GET", "auth/sessions").json()["data"]] == [True]


@pytest.mark.parametrize(
    "path",
    ["account/phone", "auth/phone/verify", "auth/phone/verify/resend"],
)
def test_accounts_have_no_phone_number(path: str, application: Application) -> None:
    path, headers = f"/auth/app/v1/{path}", {"Authorization": f"Bearer {application.access}"}
    assert application.browser.get(path, headers=headers).status_code == 404
    assert application.browser.post(path, {}, content_type="application/json", headers=headers).status_code == 404
    assert User.objects.count() == 1


@pytest.mark.parametrize("body", ["[]", "null", '"text"', "1", "true"])
def test_a_body_that_is_not_an_object_is_refused_with_a_message(body: str, application: Application) -> None:
    path = "/auth/app/v1/auth/login"
    response = application.browser.generic("POST", path, body, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["errors"][0]["message"] == "The body must be a JSON object."
