"""The log-in of staff: throttled, with a second factor, which the first member of staff sets up while logging in."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import reverse

from ops import rate_limit
from reservation.models import User
from tests.accounts.authenticator import code, give_second_factor, wrong_code
from tests.factories import make_user

EMAIL, PASSWORD = "staff@example.com", "correct-horse-9"
LOG_IN, INDEX, SET_UP = "/admin/login/", "/admin/", "/admin/second-factor/"


@pytest.fixture(autouse=True)
def _no_attempts() -> None:
    cache.clear()


@pytest.fixture(params=[False, True], ids=["optional", "required"])
def is_required(request: pytest.FixtureRequest, settings: Any) -> bool:
    settings.STAFF_MFA_REQUIRED = request.param
    return bool(request.param)


@pytest.fixture
def required(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = True


@pytest.fixture
def staff(db: None) -> User:
    return make_user(email=EMAIL, password=PASSWORD, is_staff=True, is_superuser=True)


def log_in(browser: Browser, **fields: str) -> Any:
    return browser.post(LOG_IN, {"username": EMAIL, "password": PASSWORD, "next": INDEX, **fields})


def is_inside(browser: Browser) -> bool:
    return browser.get(INDEX).status_code == 200


def secret_of(page: Any) -> str:
    return str(page.context["secret"])


def test_a_password_is_enough_where_no_second_factor_is_required(staff: User, client: Browser) -> None:
    assert log_in(client).url == INDEX
    assert is_inside(client)
    assert [session.user for session in UserSession.objects.all()] == [staff]


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"username": "nobody@example.com"}, {"password": "\x00"}])
def test_wrong_credentials_are_refused(wrong: dict[str, str], staff: User, client: Browser) -> None:
    assert log_in(client, **wrong).status_code == 200
    assert not is_inside(client)


@pytest.mark.parametrize(("field", "refusal"), [("is_staff", "invalid_login"), ("is_active", "inactive")])
def test_an_account_that_is_not_active_staff_is_refused(field: str, refusal: str, staff: User, client: Browser) -> None:
    User.objects.update(**{field: False})
    page = log_in(client)
    assert [error.code for error in page.context["form"].non_field_errors().as_data()] == [refusal]
    assert client.cookies.get("sessionid") is None


def test_attempts_are_limited_for_admin_and_api_together(staff: User, client: Browser) -> None:
    pages = [log_in(client, password="wrong").content.decode() for _ in range(6)]
    assert ["Too many failed login attempts" in page for page in pages] == [*[False] * 5, True]
    assert "Too many" in log_in(client).content.decode()
    body = {"email": EMAIL, "password": PASSWORD}
    answer = client.post("/auth/app/v1/auth/login", body, "application/json").json()
    assert answer["errors"][0]["code"] == "too_many_login_attempts"


def test_an_account_with_a_second_factor_needs_a_code(is_required: bool, staff: User, client: Browser) -> None:
    give_second_factor(staff)
    for refused in ("", wrong_code()):
        page = log_in(client, code=refused)
        assert page.status_code == 200
        assert page.context["form"].errors.keys() == {"code"}
        assert client.cookies.get("sessionid") is None, "a session began before the code was right"
    assert log_in(client, code=code()).url == INDEX
    assert is_inside(client)


def test_a_code_is_valid_once(staff: User, client: Browser) -> None:
    give_second_factor(staff)
    shown = code()
    assert log_in(client, code=shown).status_code == 302
    assert log_in(Browser(), code=shown).status_code == 200


def test_a_recovery_code_is_valid_once(required: None, staff: User, client: Browser) -> None:
    first, second, *_ = give_second_factor(staff)
    assert [log_in(Browser(), code=given).status_code for given in (first, first, second)] == [302, 200, 302]


def test_attempts_at_codes_are_limited(required: None, staff: User, client: Browser) -> None:
    give_second_factor(staff)
    errors = [log_in(client, code=wrong_code()).context["form"].errors["code"][0] for _ in range(6)]
    assert [error.partition(".")[0] for error in errors] == [
        *["Incorrect code"] * 5,
        "Too many failed login attempts",
    ]
    assert log_in(client, code=code()).status_code == 200, "the right code, too late"


def test_a_session_without_the_code_has_no_access(required: None, staff: User, client: Browser) -> None:
    """For example one that began with a stolen password, before the second factor was set up."""
    client.force_login(staff)
    give_second_factor(staff)
    assert client.get(INDEX).url == f"{LOG_IN}?next={INDEX}"
    assert client.get(SET_UP).url == INDEX
    assert log_in(client, code=code()).status_code == 302
    assert is_inside(client)


def test_another_account_may_log_in_in_the_same_browser(required: None, staff: User, client: Browser) -> None:
    client.force_login(make_user())
    give_second_factor(staff)
    assert log_in(client, code=code()).status_code == 302
    assert is_inside(client)


def test_the_first_member_of_staff_sets_a_second_factor_up(required: None, staff: User, client: Browser) -> None:
    assert log_in(client).url == INDEX
    assert not is_inside(client)
    assert client.get(f"{LOG_IN}?next={INDEX}").url == SET_UP
    page = client.get(SET_UP)
    assert page["Cache-Control"].endswith("private")
    assert "data:image/svg+xml;base64," in page.content.decode()

    refused = client.post(SET_UP, {"code": wrong_code(secret_of(page))})
    assert refused.context["form"].errors["code"] == ["Incorrect code."]
    assert not Authenticator.objects.exists()
    assert secret_of(refused) == secret_of(page), "the app need not scan again"

    done = client.post(SET_UP, {"code": code(secret_of(page))})
    assert len(set(done.context["codes"])) == 10
    assert is_inside(client)
    assert client.get(SET_UP).url == INDEX, "the codes are shown once"
    assert log_in(Browser(), code=done.context["codes"][0]).status_code == 302


def log_in_long_ago(browser: Browser) -> None:
    """Logs in; the password has to be given again by now."""
    log_in(browser)
    session = browser.session
    session["account_authentication_methods"][0]["at"] -= 301
    session.save()


def test_setting_up_asks_for_the_password_again_and_says_why(required: None, staff: User, client: Browser) -> None:
    log_in(client)
    secret = secret_of(client.get(SET_UP))
    log_in_long_ago(client)
    for response in (client.get(SET_UP), client.post(SET_UP, {"code": code(secret)})):
        assert "enter your password once more before you set it up" in response.content.decode()
        assert "secret" not in response.context
        assert client.session["_auth_user_id"] == str(staff.pk), "nobody was logged out"
    assert not Authenticator.objects.exists()
    wrong = client.post(SET_UP, {"password": "wrong"})
    assert wrong.context["form"].errors == {"password": ["This is not the password of your account."]}
    assert client.post(SET_UP, {"password": PASSWORD}).url == SET_UP
    secret = secret_of(client.get(SET_UP))
    assert len(client.post(SET_UP, {"code": code(secret)}).context["codes"]) == 10
    assert is_inside(client)


def test_no_get_logs_anybody_out(required: None, staff: User, client: Browser) -> None:
    log_in_long_ago(client)
    for path in (SET_UP, LOG_IN, INDEX, "/admin/sessions/", "/admin/password_change/", "/admin/logout/"):
        client.get(path)
        assert client.session["_auth_user_id"] == str(staff.pk), path


def test_attempts_at_the_password_are_counted_with_those_at_logging_in(
    required: None, staff: User, client: Browser
) -> None:
    log_in_long_ago(client)
    errors = [client.post(SET_UP, {"password": "wrong"}).context["form"].errors["password"][0] for _ in range(6)]
    assert errors[:5] == ["This is not the password of your account."] * 5
    assert errors[5].startswith("Too many failed login attempts")


def test_an_account_without_a_password_is_asked_for_one_and_not_let_in(
    required: None, staff: User, client: Browser
) -> None:
    log_in_long_ago(client)
    staff.set_unusable_password()
    staff.save()
    client.force_login(staff)
    response = client.get(SET_UP)
    assert (response.status_code, "secret" in response.context) == (200, False)
    assert client.post(SET_UP, {"password": PASSWORD}).status_code == 200


def test_somebody_with_a_second_factor_is_told(required: None, staff: User, client: Browser) -> None:
    give_second_factor(staff)
    log_in(client, code=code())
    assert "Your account has a second factor." in client.get(SET_UP, follow=True).content.decode()


def test_attempts_while_setting_up_are_limited(required: None, staff: User, client: Browser) -> None:
    log_in(client)
    secret = secret_of(client.get(SET_UP))
    pages = [client.post(SET_UP, {"code": wrong_code(secret)}) for _ in range(6)]
    errors = [page.context["form"].errors["code"][0] for page in pages]
    assert errors == [*["Incorrect code."] * 5, "Be patient, you are sending too many requests."]


@pytest.mark.parametrize("fields", [{}, {"is_staff": True, "is_active": False}])
def test_setting_up_is_for_staff(fields: dict[str, bool], required: None, db: None, client: Browser) -> None:
    client.force_login(make_user(**fields))
    assert client.get(SET_UP).url == INDEX
    assert client.get(INDEX).url == f"{LOG_IN}?next={INDEX}"
    assert client.get(LOG_IN).status_code == 200


def test_an_anonymous_visitor_is_sent_to_the_log_in(db: None, client: Browser) -> None:
    assert client.get(SET_UP).url == INDEX
    assert client.get(LOG_IN).status_code == 200


@pytest.mark.parametrize("app", ["mfa", "usersessions", "account", "socialaccount"])
def test_the_admin_shows_no_table_of_secrets(app: str, staff: User, client: Browser) -> None:
    client.force_login(staff)
    assert client.get(f"/admin/{app}/").status_code == 404
    assert reverse("admin:auth_group_changelist") == "/admin/auth/group/"


def test_a_session_of_a_deleted_factor_has_no_access_with_the_next_one(
    required: None, staff: User, client: Browser
) -> None:
    give_second_factor(staff)
    log_in(client, code=code())
    assert is_inside(client)
    Authenticator.objects.all().delete()
    give_second_factor(staff)
    assert not is_inside(client)


def test_a_new_password_ends_the_session_that_chose_it(staff: User, client: Browser) -> None:
    log_in(client)
    new = {"new_password1": "battery-staple-7", "new_password2": "battery-staple-7"}
    response = client.post(reverse("admin:password_change"), {"old_password": PASSWORD, **new})
    assert (response.status_code, response["Location"]) == (302, reverse("admin:login"))
    assert not is_inside(client)


def test_attempts_at_the_old_password_are_counted(
    staff: User, client: Browser, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(client)
    settings.LOG_IN_ATTEMPTS, settings.PROCESSES = 2, 1
    monkeypatch.setattr(rate_limit, "_rate_limiters", {})
    page = reverse("admin:password_change")
    assert [client.post(page, {"old_password": "wrong"}).status_code for _ in range(3)] == [200, 200, 429]
