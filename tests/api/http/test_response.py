"""The status of responses, and their cache headers."""

import tracemalloc
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client as Browser

from api.http.codes import MEANINGS, Code
from api.http.response import make_public, result_response
from tests.api.test_views import GRAPHQL_JSON, NOBODY, VIEWER, refusal
from tests.conftest import Post
from tests.practice import Practice
from tests.settings.test_environment import settings_with

INVALID = [
    ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "query($id: ID!) { node(id: $id) { id } }"}, "BAD_USER_INPUT"),
    ({"query": VIEWER, "operationName": "A"}, "OPERATION_RESOLUTION_FAILURE"),
    ({"query": "{ providers(first: 9999) { nodes { id } } }"}, "QUERY_TOO_COMPLEX"),
    ({"query": "{ services { nodes { providers { nodes { " * 5}, "GRAPHQL_PARSE_FAILED"),
]
MALFORMED = [({"query": 1}, "BAD_REQUEST"), ([], "BAD_REQUEST")]
PARTIAL = {"query": '{ provider(id: "garbage") { id } viewer { isAuthenticated } }'}


@pytest.mark.parametrize(("body", "code"), INVALID)
def test_the_draft_distinguishes_unprocessable_requests_from_malformed_ones(
    body: Any, code: str, post: Post, settings: Any
) -> None:
    assert refusal(post(body, Accept=GRAPHQL_JSON)) == (400, code)
    settings.GRAPHQL_HTTP_STATUS_PROFILE = "draft"
    unprocessable = 400 if code == "GRAPHQL_PARSE_FAILED" else 422
    assert refusal(post(body, Accept=GRAPHQL_JSON)) == (unprocessable, code)
    assert refusal(post(body)) == (200, code)


@pytest.mark.parametrize(("body", "code"), MALFORMED)
def test_a_malformed_request_is_400_in_either_profile(body: Any, code: str, post: Post, settings: Any) -> None:
    for settings.GRAPHQL_HTTP_STATUS_PROFILE in ("audit", "draft"):
        assert refusal(post(body)) == refusal(post(body, Accept=GRAPHQL_JSON)) == (400, code)


def test_the_draft_has_a_status_for_partial_data(post: Post, settings: Any, db: None) -> None:
    assert post(PARTIAL, Accept=GRAPHQL_JSON).status_code == 200
    settings.GRAPHQL_HTTP_STATUS_PROFILE = "draft"
    assert post(PARTIAL, Accept=GRAPHQL_JSON).status_code == 294
    assert post(PARTIAL).status_code == 200
    assert post({"query": VIEWER}, Accept=GRAPHQL_JSON).status_code == 200


def test_every_code_has_the_status_of_an_error() -> None:
    assert MEANINGS.keys() == set(Code)
    for meaning in MEANINGS.values():
        assert 400 <= meaning.status < 600
        assert meaning.draft_status in (None, 422)
        assert meaning.advice.endswith(".")


# --- Cache headers --------------------------------------------------------------------------------------------------


def test_a_public_response_may_be_cached_for_a_moment(client: Browser, settings: Any, db: None) -> None:
    query = {"query": "{ providers { totalCount } }"}
    response = client.get("/graphql/", query)
    assert response.json() == {"data": {"providers": {"totalCount": 0}}}
    assert response["Cache-Control"] == "public, max-age=0, s-maxage=1"
    assert {"Accept", "Authorization"} <= set(response["Vary"].split(", "))
    settings.GRAPHQL_PUBLIC_SECONDS = 30
    assert client.get("/graphql/", query)["Cache-Control"] == "public, max-age=0, s-maxage=30"


def test_a_response_that_depends_on_the_caller_may_not_be_cached_even_if_anonymous(client: Browser) -> None:
    response = client.get("/graphql/", {"query": VIEWER})
    assert response.json() == NOBODY
    assert (response["Cache-Control"], "ETag" in response) == ("no-store", False)


def test_a_matching_etag_gets_304(client: Browser, practice: Practice) -> None:
    query = {"query": "{ providers { nodes { name } } }"}
    first = client.get("/graphql/", query)
    etag = first["ETag"]
    assert client.get("/graphql/", query)["ETag"] == etag
    again = client.get("/graphql/", query, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert again["Cache-Control"] == "public, max-age=0, s-maxage=1"
    weak = client.get("/graphql/", query, headers={"If-None-Match": f'"other", W/{etag}'})
    assert weak.status_code == 304
    assert client.get("/graphql/", query, headers={"If-Match": '"other"'}).status_code == 200
    practice.provider.name = "Anne"
    practice.provider.save()
    changed = client.get("/graphql/", query, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed["ETag"] != etag
    assert {one["name"] for one in changed.json()["data"]["providers"]["nodes"]} == {"Anne", "Bert"}


def test_a_personal_response_may_not_be_cached(
    client: Browser, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.views.read_caller", lambda _: practice.who("client"))
    response = client.get("/graphql/", {"query": "{ viewer { email } }"}, headers={"Authorization": "Bearer x"})
    assert response.json() == {"data": {"viewer": {"email": "cleo@example.com"}}}
    assert (response["Cache-Control"], "ETag" in response) == ("no-store", False)


def test_cookies_are_ignored(client: Browser, practice: Practice) -> None:
    client.force_login(practice.client.user)
    for response in (
        client.get("/graphql/", {"query": "{ viewer { email } }"}),
        client.post("/graphql/", {"query": "{ viewer { email } }"}, content_type="application/json"),
    ):
        assert response.json() == {"data": {"viewer": {"email": None}}}


@pytest.mark.parametrize(
    "query", ["{", "{ nothing }", '{ provider(id: "garbage") { id } }', "mutation { a }", "{ __typename " * 99]
)
def test_a_response_with_errors_may_not_be_cached(query: str, client: Browser, db: None) -> None:
    response = client.get("/graphql/", {"query": query})
    assert (response["Cache-Control"], "ETag" in response) == ("no-store", False)


def test_a_response_to_a_post_may_not_be_cached(post: Post, db: None) -> None:
    response = post({"query": "{ providers { totalCount } }"})
    assert (response["Cache-Control"], "ETag" in response) == ("no-store", False)


# --- Other origins --------------------------------------------------------------------------------------------------

PREFLIGHT = {
    "Origin": "https://book.example.com",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type, graphql-cost",
}


@pytest.mark.parametrize("path", ["/graphql", "/graphql/", "/auth/app/v1/auth/login"])
def test_pages_of_allowed_origins_may_send_requests(path: str, client: Browser, settings: Any) -> None:
    response = client.options(path, headers=PREFLIGHT)
    assert "Access-Control-Allow-Origin" not in response
    settings.CORS_ALLOWED_ORIGINS = ["https://book.example.com"]
    response = client.options(path, headers=PREFLIGHT)
    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (200, "https://book.example.com")
    assert {"authorization", "content-type", "graphql-cost"} <= set(
        response["Access-Control-Allow-Headers"].split(", ")
    )
    assert "Access-Control-Allow-Credentials" not in response
    other = client.options(path, headers={**PREFLIGHT, "Origin": "https://evil.example.com"})
    assert "Access-Control-Allow-Origin" not in other


@pytest.mark.parametrize(
    ("path", "method", "header"),
    [
        ("/graphql", "POST", "idempotency-key"),
        ("/auth/app/v1/auth/session", "GET", "x-session-token"),
        ("/auth/app/v1/auth/password/reset", "GET", "x-password-reset-key"),
        ("/auth/app/v1/auth/email/verify", "GET", "x-email-verification-key"),
    ],
)
def test_pages_of_allowed_origins_may_send_every_header_that_an_endpoint_reads(
    path: str, method: str, header: str, client: Browser, settings: Any
) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://book.example.com"]
    preflight = {
        "Origin": "https://book.example.com",
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": header,
    }
    response = client.options(path, headers=preflight)
    assert header in response["Access-Control-Allow-Headers"].split(", ")
    assert method in response["Access-Control-Allow-Methods"].split(", ")


def test_pages_of_allowed_origins_may_read_the_headers_that_clients_need(
    client: Browser, settings: Any, db: None
) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://book.example.com"]
    settings.RATE_LIMIT_ANONYMOUS = 50
    response = client.post(
        "/graphql/", {"query": VIEWER}, content_type="application/json", headers={"Origin": "https://book.example.com"}
    )
    exposed = set(response["Access-Control-Expose-Headers"].split(", "))
    names = {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "X-Request-ID", "X-Version"}
    assert names <= {name for name, _ in response.items()}
    assert names | {"Date", "ETag", "Retry-After", "WWW-Authenticate"} == exposed


def test_further_headers_are_set_by_the_environment() -> None:
    settings = settings_with(CORS_ALLOWED_HEADERS="traceparent,x-app-version", CORS_EXPOSED_HEADERS="Server-Timing")
    assert "'x-password-reset-key', 'traceparent', 'x-app-version']" in settings
    assert "'X-Version', 'Server-Timing']" in settings


def test_pages_of_allowed_origins_may_read_responses(client: Browser, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://book.example.com"]
    response = client.get("/graphql/", {"query": VIEWER}, headers={"Origin": "https://book.example.com"})
    assert response["Access-Control-Allow-Origin"] == "https://book.example.com"
    assert {"Accept", "Authorization", "origin"} <= set(response["Vary"].split(", "))
    assert "Access-Control-Allow-Origin" not in client.get("/admin/", headers={"Origin": "https://book.example.com"})


def test_a_body_is_not_copied() -> None:
    body = b"x" * 10**6
    response = result_response(body, "application/json", has_errors=False)
    assert response.content is body
    tracemalloc.start()
    try:
        make_public(HttpRequest(), response)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert response.content is body
    assert peak < len(body) / 10
