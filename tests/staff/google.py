"""Script of test_google, for a process with Google's credentials: members of staff log in with the mock provider.

Prints what each log-in led to as JSON.
"""

import json
import os
import time
from contextlib import ExitStack
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django

from tests.google import MockGoogle, mock_google

servers = ExitStack()
provider = servers.enter_context(mock_google())
os.environ.update(provider.variables, WEB_CONCURRENCY="1")  # before the settings are read
django.setup()

import requests  # noqa: E402
from allauth.account.models import EmailAddress  # noqa: E402
from allauth.usersessions.models import UserSession  # noqa: E402
from django.contrib.messages import get_messages  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client as Browser  # noqa: E402
from django.test.utils import override_settings, setup_test_environment  # noqa: E402

from reservation.models import ExternalIdentity, User  # noqa: E402
from tests.accounts.authenticator import code, give_second_factor, wrong_code  # noqa: E402
from tests.factories import make_user  # noqa: E402

LOG_IN, START, RETURN = "/admin/login/", "/admin/log-in/google/", "/admin/log-in/google/return/"
CODE, INDEX = "/admin/log-in/google/code/", "/admin/"
STAFF = {"sub": "1", "email": "Staff@example.com", "email_verified": True}


def outcome(browser: Browser, response: Any) -> list[Any]:
    """Where the response leads, what it tells, and whether the browser is logged in to the admin."""
    told = [str(message) for message in get_messages(response.wsgi_request)]
    return [response.headers.get("Location", response.status_code), *told, browser.get(INDEX).status_code == 200]


def return_url(browser: Browser, *, next_url: str = "") -> str:
    """Begins a log-in, and returns the address to which the provider leads the browser back."""
    begun = browser.get(START, {"next": next_url})
    answer = requests.get(begun["Location"], allow_redirects=False, timeout=20)
    return answer.headers["Location"].removeprefix("http://testserver")


def log_in(google: MockGoogle, *, browser: Browser | None = None, next_url: str = "", **behaviour: Any) -> list[Any]:
    """Logs in with this behaviour of the provider; returns the outcome."""
    browser = browser or Browser()
    google.behave(**{"claims": STAFF, **behaviour})
    return outcome(browser, browser.get(return_url(browser, next_url=next_url)))


def refusals(google: MockGoogle, staff: User) -> dict[str, Any]:
    """The log-ins that are refused, before the account was linked with any."""
    make_user(email="client@example.com")
    make_user(email="gone@example.com", is_staff=True, is_active=False)
    seen = {
        "unverified": log_in(google, claims=STAFF | {"email_verified": False}),
        "as text": log_in(google, claims=STAFF | {"email_verified": "true"}),
        "no address": log_in(google, claims={"sub": "1"}),
        "another address": log_in(google, claims=STAFF | {"email": "stranger@example.com"}),
        "not staff": log_in(google, claims=STAFF | {"email": "client@example.com"}),
        "inactive": log_in(google, claims=STAFF | {"email": "gone@example.com"}),
        "error of the token": log_in(google, error=True),
        "another key": log_in(google, otherKey=True),
        "another audience": log_in(google, claims=STAFF | {"aud": "another-id.example"}),
        "another issuer": log_in(google, claims=STAFF | {"iss": "https://accounts.other.example"}),
        "expired": log_in(google, claims=STAFF | {"exp": int(time.time()) - 60}),
    }
    browser = Browser()
    state = parse_qs(urlsplit(browser.get(START)["Location"]).query)["state"][0]
    seen["cancelled"] = outcome(browser, browser.get(RETURN, {"state": state, "error": "access_denied"}))
    google.behave(claims=STAFF)
    seen["no state"] = outcome(browser, browser.get(RETURN, {"code": "x"}))
    seen["state of another browser"] = outcome(browser, browser.get(return_url(Browser())))
    address = EmailAddress.objects.create(user=staff, email=staff.email, primary=True, verified=False)
    seen["not verified here"] = log_in(google)
    address.delete()
    seen["accounts"], seen["links"] = User.objects.count(), ExternalIdentity.objects.count()
    return seen


def log_ins(google: MockGoogle, staff: User) -> dict[str, Any]:
    """The log-ins that succeed, and what is refused since."""
    browser = Browser()
    google.behave(claims=STAFF)
    url = return_url(browser, next_url="/admin/reservation/client/")
    seen = {
        "first": outcome(browser, browser.get(url)),
        "sessions": [session.user_id == staff.pk for session in UserSession.objects.all()],
        "replayed": outcome(Browser(), browser.get(url)),
        "again": log_in(google),
        "elsewhere": [
            log_in(google, next_url=url) for url in ("https://evil.example/", "//evil.example", "javascript:0")
        ],
        "another subject": log_in(google, claims=STAFF | {"sub": "2"}),
    }
    make_user(email="other@example.com", is_staff=True)
    seen["subject of another"] = log_in(google, claims=STAFF | {"email": "other@example.com"})
    with override_settings(LOG_IN_ATTEMPTS=2):
        strange = STAFF | {"email": "stranger@example.com"}
        seen["attempts"] = [log_in(google, claims=strange)[1] for _ in range(3)]
    with override_settings(RATE_LIMIT_ANONYMOUS=1, RATE_LIMIT_ANONYMOUS_BURST=25):
        statuses = [Browser().get(RETURN).status_code for _ in range(3)]
        seen["returns"] = statuses
    cache.clear()
    return seen


def second_factor(google: MockGoogle, staff: User) -> dict[str, Any]:
    """The log-ins of an account with a second factor."""
    give_second_factor(staff)
    browser = Browser()
    seen: dict[str, Any] = {"asked": log_in(google, browser=browser, next_url="/admin/reservation/client/")}
    seen["is_authenticated"] = "_auth_user_id" in browser.session
    seen["wrong"] = [browser.post(CODE, {"code": given}).status_code for given in ("", wrong_code())]
    seen["still outside"] = browser.get(INDEX).status_code
    right = code()
    seen["right"] = outcome(browser, browser.post(CODE, {"code": right}))
    again = Browser()
    log_in(google, browser=again)
    seen["used"] = outcome(again, again.post(CODE, {"code": right}))
    session = again.session
    session["google_log_in"] |= {"at": time.time() - 601}
    session.save()
    seen["late"] = outcome(again, again.get(CODE))
    seen["without a log-in"] = outcome(Browser(), Browser().get(CODE))
    left = Browser()
    log_in(google, browser=left)
    User.objects.filter(pk=staff.pk).update(is_staff=False)
    seen["no longer staff"] = outcome(left, left.get(CODE))
    User.objects.filter(pk=staff.pk).update(is_staff=True)
    with override_settings(LOG_IN_ATTEMPTS=3):
        cache.clear()
        guessing = Browser()
        log_in(google, browser=guessing)
        pages = [guessing.post(CODE, {"code": wrong_code()}).content.decode() for _ in range(3)]
        seen["guesses"] = ["Too many" in page for page in pages]
    return seen


def required(google: MockGoogle) -> dict[str, Any]:
    """Where a second factor is required, an account without one has to set it up first."""
    make_user(email="new@example.com", is_staff=True)
    browser = Browser()
    with override_settings(STAFF_MFA_REQUIRED=True):
        led = log_in(google, browser=browser, claims=STAFF | {"sub": "3", "email": "new@example.com"})
        page = browser.get("/admin/second-factor/")
        return {"led": led, "set_up": "Set up your second factor" in page.content.decode()}


def main(google: MockGoogle) -> dict[str, Any]:
    staff = make_user(email="staff@example.com", password="correct-horse-9", is_staff=True, is_superuser=True)
    return {
        "button": "Log in with Google" in Browser().get(LOG_IN).content.decode(),
        "refusals": refusals(google, staff),
        "log_ins": log_ins(google, staff),
        "second_factor": second_factor(google, staff),
        "required": required(google),
    }


if __name__ == "__main__":
    setup_test_environment()
    call_command("migrate", verbosity=0)
    cache.clear()
    with servers:
        print(json.dumps(main(provider)))
