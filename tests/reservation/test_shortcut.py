"""Which requests go past the middleware of pages and sessions, and that nobody can tell by the answer."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser

from tests.factories import make_user

SHORTCUT, END = "reservation.shortcut.Shortcut", "reservation.shortcut.ShortcutEnd"
VIEWER = {"query": "{ viewer { isAuthenticated } }"}
ANY_COOKIE = "seen=yes"


class Step:
    """Middleware that remembers who passed it, on the way in, to the view, and out."""

    passed: ClassVar[list[str]] = []

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.name = type(self).__name__.lower()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.passed.append(self.name)
        response = self.get_response(request)
        self.passed.append(f"{self.name} back")
        return response

    def process_view(self, *_: Any) -> None:
        self.passed.append(f"{self.name} view")


class Before(Step):
    pass


class Within(Step):
    pass


class After(Step):
    pass


@pytest.fixture
def passed(settings: Any) -> Iterator[list[str]]:
    own = f"{__name__}."
    settings.MIDDLEWARE = [f"{own}Before", SHORTCUT, f"{own}Within", END, f"{own}After"]
    Step.passed.clear()
    yield Step.passed
    Step.passed.clear()


ALL = ["before", "within", "after", "before view", "within view", "after view", "after back", "within back"]


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
def test_a_request_to_the_api_without_a_cookie_goes_past_what_is_within(path: str, passed: list[str]) -> None:
    assert Browser().post(path, VIEWER, content_type="application/json").status_code == 200
    assert [step for step in passed if not step.endswith("view")] == ["before", "after", "after back", "before back"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/graphql", {"Cookie": ANY_COOKIE}), ("/health/live/", {}), ("/graphql/x", {})],
)
def test_any_other_request_goes_through_everything_in_its_order(
    path: str, headers: dict[str, str], passed: list[str]
) -> None:
    Browser().get(path, {"query": VIEWER["query"]}, headers=headers)
    assert [step for step in passed if step in ALL] == (ALL if path != "/graphql/x" else [*ALL[:3], *ALL[6:]])


def test_a_shortcut_that_leads_nowhere_is_a_mistake(settings: Any) -> None:
    settings.MIDDLEWARE = [SHORTCUT]
    with pytest.raises(ImproperlyConfigured, match="ShortcutEnd"):
        WSGIHandler()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept": "application/graphql-response+json", "Origin": "https://elsewhere.example"},
        {"Accept": "text/html"},
        {"Accept": "image/png"},
        {"Host": "elsewhere.example"},
        {"Authorization": "Bearer nonsense"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "PUT"])
def test_answers_have_the_same_headers_either_way(method: str, headers: dict[str, str], settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    asked: dict[str, Any] = {"data": VIEWER, "content_type": "application/json"}
    if method == "GET":
        asked = {"data": VIEWER}
    ask = getattr(Browser(), method.lower())
    short = ask("/graphql", **asked, headers=headers)
    long = ask("/graphql", **asked, headers={**headers, "Cookie": ANY_COOKIE})
    assert short.status_code == long.status_code
    assert told(short) == told(long)
    assert told(short)["X-Content-Type-Options"] == "nosniff"


def told(response: Any) -> dict[str, str]:
    """What is said beside the answer, but for what is of each request alone."""
    own = ("X-Request-ID", "Content-Security-Policy", "RateLimit-Remaining", "RateLimit-Reset")
    return {name: value for name, value in response.headers.items() if name not in own}


def test_who_has_no_cookie_has_neither_session_nor_user() -> None:
    response = Browser().post("/graphql", VIEWER, content_type="application/json")
    assert response.json() == {"data": {"viewer": {"isAuthenticated": False}}}
    assert response["X-Frame-Options"] == "DENY"
    assert not hasattr(response.wsgi_request, "session")
    assert not hasattr(response.wsgi_request, "user")


def test_forms_still_ask_for_their_token(db: None) -> None:
    """Also of whoever has a session, and whoever has no cookie at all."""
    strict = Browser(enforce_csrf_checks=True)
    form = {"username": "a@b.example", "password": "secret"}
    assert strict.post("/admin/login/", form).status_code == 403
    strict.force_login(make_user(is_staff=True))
    assert strict.post("/admin/logout/").status_code == 403
