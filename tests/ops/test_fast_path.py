"""Which requests take the fast path, which skips the middleware of pages. Responses are the same either way."""

import re
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser

from ops.fast_path import load_middleware
from ops.observation import ENVIRON
from tests.factories import make_user

FAST_PATH = "ops.fast_path.FastPathMiddleware"
VIEWER = {"query": "{ viewer { isAuthenticated } }"}
ANY_COOKIE = "seen=yes"
NONCE = re.compile("'nonce-[^']*'")
ALLOWED, UNKNOWN = "https://app.example", "https://elsewhere.example"


class Step:
    """Middleware that records that a request passed it: on the way in, at the view, and on the way out."""

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
    settings.MIDDLEWARE = [f"{__name__}.Before", FAST_PATH, f"{__name__}.After"]
    Step.passed.clear()
    yield Step.passed
    Step.passed.clear()


SHORT = ["before", "before back"]
LONG = ["before", "after", "before view", "after view", "after back", "before back"]
NOWHERE = [step for step in LONG if not step.endswith("view")]


@pytest.fixture(autouse=True)
def allowed(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.CORS_ALLOWED_ORIGINS = [ALLOWED]


def send(method: str, path: str = "/graphql", *, secure: bool = False, **headers: Any) -> Any:
    options: dict[str, Any] = {"data": VIEWER}
    if method != "GET":
        options["content_type"] = "application/json"
    browser = Browser(raise_request_exception=False)
    return getattr(browser, method.lower())(path, **options, secure=secure, headers=headers)


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
def test_an_operation_without_a_cookie_skips_the_middleware_that_follows(path: str, passed: list[str]) -> None:
    assert send("POST", path).json() == {"data": {"viewer": {"isAuthenticated": False}}}
    assert passed == SHORT


@pytest.mark.parametrize(
    ("method", "path", "headers", "steps"),
    [
        ("POST", "/graphql", {"Cookie": ANY_COOKIE}, LONG),
        ("POST", "/graphql/", {"Cookie": "sessionid=" + "x" * 32}, LONG),
        ("GET", "/graphql", {}, LONG),
        ("OPTIONS", "/graphql", {}, LONG),
        ("PUT", "/graphql", {}, LONG),
        ("POST", "/health/live/", {}, LONG),
        ("POST", "/graphql//", {}, NOWHERE),
        ("POST", "/graphql/x", {}, NOWHERE),
        ("POST", "/x/graphql", {}, NOWHERE),
    ],
)
def test_any_other_request_goes_through_all_middleware_in_order(
    method: str, path: str, headers: dict[str, Any], steps: list[str], passed: list[str]
) -> None:
    send(method, path, **headers)
    assert passed == steps


def test_an_invalid_host_is_refused_on_the_fast_path(passed: list[str]) -> None:
    assert send("POST", Host="elsewhere.example").status_code == 400
    assert passed == SHORT


@pytest.mark.parametrize(("secure", "status"), [(True, 200), (False, 301)])
def test_the_fast_path_redirects_to_https(secure: bool, status: int, passed: list[str], settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert send("POST", secure=secure).status_code == status
    assert passed == SHORT


def test_api_middleware_has_the_order_of_all_middleware(settings: Any) -> None:
    assert [path for path in settings.MIDDLEWARE if path in settings.API_MIDDLEWARE] == settings.API_MIDDLEWARE


def test_middleware_that_the_fast_path_cannot_call_is_refused_at_the_start() -> None:
    with pytest.raises(ImproperlyConfigured, match="process_view"):
        load_middleware(["django.middleware.csrf.CsrfViewMiddleware"], lambda request: HttpResponse())


def test_middleware_that_declines_is_left_out() -> None:
    handler = load_middleware([f"{__name__}.Declining"], lambda request: HttpResponse("view"))
    assert handler(HttpRequest()).content == b"view"


class Declining:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        raise MiddlewareNotUsed


def signature(response: Any) -> tuple[int, dict[str, str]]:
    """The status and the headers, without those that differ from request to request."""
    varying = ("X-Request-ID", "RateLimit-Remaining", "RateLimit-Reset")
    headers = {name: NONCE.sub("", value) for name, value in response.headers.items() if name not in varying}
    return response.status_code, headers


def both_ways(method: str = "POST", **how: Any) -> tuple[Any, Any]:
    """The responses to the same request without a cookie, and with an unknown one."""
    return send(method, **how), send(method, **how, Cookie=ANY_COOKIE)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept": "application/graphql-response+json", "Origin": UNKNOWN},
        {"Origin": ALLOWED},
        {"Origin": "http://testserver"},
        {"Accept": "application/json", "Origin": "null"},
        {"Origin": "https://[nonsense"},
        {"Accept": "text/html", "Origin": ALLOWED},
        {"Accept": "image/png", "Origin": ALLOWED},
        {"Accept": "image/png"},
        {"Host": "elsewhere.example"},
        {"Host": "nonsense host", "Origin": ALLOWED},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Bearer nonsense", "Origin": ALLOWED, "Accept": "application/graphql-response+json"},
        {"Authorization": "Basic nonsense"},
        {"Content-Type": "text/plain", "Origin": ALLOWED},
        {"Content-Encoding": "br", "Origin": ALLOWED},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "PUT"])
def test_responses_have_the_same_headers_either_way(method: str, headers: dict[str, str]) -> None:
    short, long = both_ways(method, **headers)
    assert signature(short) == signature(long)
    assert short["X-Content-Type-Options"] == "nosniff"
    assert ("Access-Control-Allow-Origin" in short) == (headers.get("Origin") == ALLOWED)
    if "Host" in headers:
        assert short.status_code == 400
    else:
        assert short["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("is_allowed", [True, False])
def test_vary_names_the_origin_whether_one_was_sent_or_not(is_allowed: bool, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ALLOWED] * is_allowed
    for headers in ({}, {"Origin": ALLOWED}):
        for response in both_ways(**headers):
            assert sorted(response["Vary"].lower().split(", ")) == ["accept", "authorization", "origin"]


@pytest.mark.parametrize("secure", [True, False])
@pytest.mark.parametrize("is_redirected", [True, False])
def test_https_is_required_either_way(is_redirected: bool, secure: bool, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = is_redirected
    settings.SECURE_HSTS_SECONDS = 60
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    short, long = both_ways(secure=secure, Origin=ALLOWED)
    assert signature(short) == signature(long)
    assert short.status_code == (301 if is_redirected and not secure else 200)
    assert short.headers.get("Strict-Transport-Security") == (
        "max-age=60; includeSubDomains; preload" if secure else None
    )


@pytest.mark.parametrize("error", [RuntimeError, PermissionError, RecursionError])
def test_a_failure_looks_the_same_either_way(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error("internal detail")

    monkeypatch.setattr("api.views.execute_document", fail)
    for headers in ({}, {"Accept": "application/graphql-response+json", "Origin": ALLOWED}):
        short, long = both_ways(**headers)
        assert signature(short) == signature(long)
        assert short["X-Frame-Options"] == "DENY"
        assert "internal detail" not in short.content.decode()


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 10_000, b'{"query": "\xff"}', b"x" * 200_000])
def test_an_unreadable_body_is_refused_the_same_either_way(body: bytes) -> None:
    short, long = (
        Browser().post("/graphql", body, content_type="application/json", headers={"Origin": ALLOWED, **cookie})
        for cookie in ({}, {"Cookie": ANY_COOKIE})
    )
    assert 400 <= short.status_code < 500
    assert signature(short) == signature(long)
    assert short.content == long.content


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
def test_a_request_is_counted_under_the_same_route_either_way(path: str) -> None:
    routes = {response.wsgi_request.environ[ENVIRON].route for response in both_ways(path=path)}
    assert routes == {"graphql"}


def test_a_request_without_a_cookie_has_neither_session_nor_user() -> None:
    short, long = both_ways()
    assert short.json() == long.json() == {"data": {"viewer": {"isAuthenticated": False}}}
    for name in ("session", "user"):
        assert (hasattr(short.wsgi_request, name), hasattr(long.wsgi_request, name)) == (False, True)


def test_a_session_is_recognised_from_the_same_origin(db: None) -> None:
    browser = Browser()
    browser.force_login(make_user(is_staff=True))
    headers = {"Origin": "http://testserver"}
    response = browser.post("/graphql", VIEWER, content_type="application/json", headers=headers)
    assert response.json() == {"data": {"viewer": {"isAuthenticated": True}}}


def test_forms_still_require_a_csrf_token(db: None) -> None:
    """With a session, and without any cookie."""
    strict = Browser(enforce_csrf_checks=True)
    form = {"username": "a@b.example", "password": "secret"}
    assert strict.post("/admin/login/", form).status_code == 403
    strict.force_login(make_user(is_staff=True))
    assert strict.post("/admin/logout/").status_code == 403
