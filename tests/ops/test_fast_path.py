"""Which requests go past the middleware of pages and sessions, and that nobody can tell by the answer."""

import re
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser

from ops.observation import ENVIRON
from tests.factories import make_user

SHORTCUT = "ops.fast_path.Shortcut"
VIEWER = {"query": "{ viewer { isAuthenticated } }"}
ANY_COOKIE = "seen=yes"
NONCE = re.compile("'nonce-[^']*'")
OURS, FOREIGN = "https://app.example", "https://elsewhere.example"


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


class After(Step):
    pass


@pytest.fixture
def passed(settings: Any) -> Iterator[list[str]]:
    settings.MIDDLEWARE = [f"{__name__}.Before", SHORTCUT, f"{__name__}.After"]
    Step.passed.clear()
    yield Step.passed
    Step.passed.clear()


SHORT = ["before", "before back"]
LONG = ["before", "after", "before view", "after view", "after back", "before back"]
NOWHERE = [step for step in LONG if not step.endswith("view")]


@pytest.fixture(autouse=True)
def allowed(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.CORS_ALLOWED_ORIGINS = [OURS]


def send(method: str, path: str = "/graphql", *, secure: bool = False, **headers: Any) -> Any:
    asked: dict[str, Any] = {"data": VIEWER}
    if method != "GET":
        asked["content_type"] = "application/json"
    browser = Browser(raise_request_exception=False)
    return getattr(browser, method.lower())(path, **asked, secure=secure, headers=headers)


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
def test_an_operation_without_a_cookie_goes_past_what_follows(path: str, passed: list[str]) -> None:
    assert send("POST", path).json() == {"data": {"viewer": {"isAuthenticated": False}}}
    assert passed == SHORT


@pytest.mark.parametrize(
    ("method", "path", "headers", "steps"),
    [
        ("POST", "/graphql", {"Cookie": ANY_COOKIE}, LONG),
        ("POST", "/graphql/", {"Cookie": "sessionid=" + "x" * 32}, LONG),
        ("POST", "/graphql", {"Host": "elsewhere.example"}, LONG),
        ("GET", "/graphql", {}, LONG),
        ("OPTIONS", "/graphql", {}, LONG),
        ("PUT", "/graphql", {}, LONG),
        ("POST", "/health/live/", {}, LONG),
        ("POST", "/graphql//", {}, NOWHERE),
        ("POST", "/graphql/x", {}, NOWHERE),
        ("POST", "/x/graphql", {}, NOWHERE),
    ],
)
def test_any_other_request_goes_through_everything_in_its_order(
    method: str, path: str, headers: dict[str, Any], steps: list[str], passed: list[str]
) -> None:
    send(method, path, **headers)
    assert passed == steps


@pytest.mark.parametrize(("secure", "steps"), [(True, SHORT), (False, LONG)])
def test_who_is_sent_to_https_is_sent_there_by_who_always_does(
    secure: bool, steps: list[str], passed: list[str], settings: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    send("POST", secure=secure)
    assert passed == steps


def told(response: Any) -> tuple[int, dict[str, str]]:
    """The status and what is said beside the answer, but for what is of each request alone."""
    own = ("X-Request-ID", "RateLimit-Remaining", "RateLimit-Reset")
    said = {name: NONCE.sub("", value) for name, value in response.headers.items() if name not in own}
    return response.status_code, said


def both_ways(method: str = "POST", **how: Any) -> tuple[Any, Any]:
    """The same request without a cookie, and with one that means nothing."""
    return send(method, **how), send(method, **how, Cookie=ANY_COOKIE)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept": "application/graphql-response+json", "Origin": FOREIGN},
        {"Origin": OURS},
        {"Origin": "http://testserver"},
        {"Accept": "application/json", "Origin": "null"},
        {"Origin": "https://[nonsense"},
        {"Accept": "text/html", "Origin": OURS},
        {"Accept": "image/png", "Origin": OURS},
        {"Accept": "image/png"},
        {"Host": "elsewhere.example"},
        {"Host": "nonsense host", "Origin": OURS},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Bearer nonsense", "Origin": OURS, "Accept": "application/graphql-response+json"},
        {"Authorization": "Basic nonsense"},
        {"Content-Type": "text/plain", "Origin": OURS},
        {"Content-Encoding": "br", "Origin": OURS},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "PUT"])
def test_answers_have_the_same_headers_either_way(method: str, headers: dict[str, str]) -> None:
    short, long = both_ways(method, **headers)
    assert told(short) == told(long)
    assert short["X-Content-Type-Options"] == "nosniff"
    assert ("Access-Control-Allow-Origin" in short) == (headers.get("Origin") == OURS)
    if "Host" in headers:
        assert short.status_code == 400
    else:
        assert short["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("is_allowed", [True, False])
def test_vary_names_the_origin_whether_one_was_sent_or_not(is_allowed: bool, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [OURS] * is_allowed
    for headers in ({}, {"Origin": OURS}):
        for response in both_ways(**headers):
            assert sorted(response["Vary"].lower().split(", ")) == ["accept", "authorization", "origin"]


@pytest.mark.parametrize("secure", [True, False])
@pytest.mark.parametrize("is_redirected", [True, False])
def test_https_is_asked_for_either_way(is_redirected: bool, secure: bool, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = is_redirected
    settings.SECURE_HSTS_SECONDS = 60
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    short, long = both_ways(secure=secure, Origin=OURS)
    assert told(short) == told(long)
    assert short.status_code == (301 if is_redirected and not secure else 200)
    assert short.headers.get("Strict-Transport-Security") == (
        "max-age=60; includeSubDomains; preload" if secure else None
    )


@pytest.mark.parametrize("error", [RuntimeError, PermissionError, RecursionError])
def test_a_failure_looks_the_same_either_way(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error("not for clients' eyes")

    monkeypatch.setattr("api.views.execute_document", fail)
    for headers in ({}, {"Accept": "application/graphql-response+json", "Origin": OURS}):
        short, long = both_ways(**headers)
        assert told(short) == told(long)
        assert short["X-Frame-Options"] == "DENY"
        assert "eyes" not in short.content.decode()


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 10_000, b'{"query": "\xff"}', b"x" * 200_000])
def test_what_cannot_be_read_is_refused_the_same_either_way(body: bytes) -> None:
    short, long = (
        Browser().post("/graphql", body, content_type="application/json", headers={"Origin": OURS, **cookie})
        for cookie in ({}, {"Cookie": ANY_COOKIE})
    )
    assert 400 <= short.status_code < 500
    assert told(short) == told(long)
    assert short.content == long.content


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
def test_it_counts_as_the_same_route_either_way(path: str) -> None:
    routes = {response.wsgi_request.environ[ENVIRON].route for response in both_ways(path=path)}
    assert routes == {"graphql"}


def test_who_has_no_cookie_has_neither_session_nor_user() -> None:
    short, long = both_ways()
    assert short.json() == long.json() == {"data": {"viewer": {"isAuthenticated": False}}}
    for name in ("session", "user"):
        assert (hasattr(short.wsgi_request, name), hasattr(long.wsgi_request, name)) == (False, True)


def test_staff_in_a_page_of_ours_is_who_they_are(db: None) -> None:
    browser = Browser()
    browser.force_login(make_user(is_staff=True))
    headers = {"Origin": "http://testserver"}
    response = browser.post("/graphql", VIEWER, content_type="application/json", headers=headers)
    assert response.json() == {"data": {"viewer": {"isAuthenticated": True}}}


def test_forms_still_ask_for_their_token(db: None) -> None:
    """Also of whoever has a session, and whoever has no cookie at all."""
    strict = Browser(enforce_csrf_checks=True)
    form = {"username": "a@b.example", "password": "secret"}
    assert strict.post("/admin/login/", form).status_code == 403
    strict.force_login(make_user(is_staff=True))
    assert strict.post("/admin/logout/").status_code == 403
