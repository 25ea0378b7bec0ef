"""Request bodies for allauth: invalid ones are refused before allauth reads them."""

import gzip
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.core.cache import cache
from django.test import Client as Browser

from ops import rate_limit
from ops.request_rate import address_rate
from reservation.models import User
from tests.factories import make_user

TOO_DEEP = "The body is nested too deeply."
NOT_JSON = "This is not JSON in UTF-8."
TOO_LARGE = "The body is too large."


@pytest.fixture
def send(client: Browser) -> Any:
    """Posts these bytes to an endpoint of allauth. Earlier attempts do not count."""
    cache.clear()

    def send(body: bytes, *, path: str = "auth/signup") -> Any:
        return client.post(f"/auth/app/v1/{path}", body, content_type="application/json")

    return send


def refusal(response: Any) -> tuple[int, str]:
    """Returns status and message of a response with one error in allauth's format."""
    body = response.json()
    (error,) = body["errors"]
    assert response["Content-Type"] == "application/json"
    assert body == {"status": response.status_code, "errors": [{"message": error["message"], "code": "invalid"}]}
    return response.status_code, error["message"]


def nested(depth: int) -> bytes:
    """Returns an object that is nested so many levels deep."""
    return b'{"email": ' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


def test_a_compressed_body_is_refused_in_words(client: Browser, db: None) -> None:
    response = client.post(
        "/auth/app/v1/auth/login",
        gzip.compress(b'{"email": "eve@example.com", "password": "x"}'),
        content_type="application/json",
        headers={"content-encoding": "gzip"},
    )
    assert refusal(response) == (415, "Send the body uncompressed, without Content-Encoding.")


@pytest.mark.parametrize("path", ["auth/signup", "auth/login", "nothing"])
def test_a_body_that_is_too_large_is_refused(path: str, send: Any, settings: Any, db: None) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert refusal(send(b"{}".ljust(1001), path=path)) == (413, TOO_LARGE)
    assert refusal(send(b"x" * 1001, path=path)) == (413, TOO_LARGE)


def test_a_body_of_the_maximum_size_is_read(send: Any, settings: Any, db: None) -> None:
    body = b'{"email": "eve@example.com", "password": "correct-horse-9"}'
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert send(body.ljust(1000)).status_code == 200
    assert User.objects.get().email == "eve@example.com"


@pytest.mark.parametrize("depth", [11, 12, 500])
def test_a_body_that_is_nested_too_deeply_is_refused(depth: int, send: Any, db: None) -> None:
    assert refusal(send(nested(depth))) == (400, TOO_DEEP)
    assert not User.objects.exists()


def test_a_body_of_many_lists_is_refused_before_it_is_parsed(send: Any, db: None, monkeypatch: Any) -> None:
    assert send(b'{"x":[' + b"[]," * 97 + b"1]}").json()["errors"][0]["code"] == "required", "allauth reads it"
    monkeypatch.setattr("accounts.middleware.orjson", None)
    assert refusal(send(b'{"x":[' + b"[[[[]]]]," * 14_000 + b"1]}")) == (
        400,
        "The body has too many objects and lists.",
    )


def test_a_body_that_is_nested_ten_levels_deep_reaches_allauth(send: Any, db: None) -> None:
    response = send(nested(10))
    assert response.status_code == 400
    assert {error["param"] for error in response.json()["errors"]} == {"email", "password"}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b" ",
        b"{'email': 1}",
        b"\xff",
        b'{"email": "\xff"}',
        '{"email": "é"}'.encode("latin-1"),
        b'"\\ud800"',
        b"NaN",
    ],
)
def test_a_body_that_is_not_json_in_utf_8_is_refused(body: bytes, send: Any, db: None) -> None:
    assert refusal(send(body)) == (400, NOT_JSON)


def test_nesting_beyond_the_parsers_limit_is_refused(send: Any, db: None) -> None:
    assert refusal(send(b"[" * 50_000 + b"]" * 50_000)) == (400, TOO_DEEP)


def test_brackets_in_a_password_do_not_count_as_nesting(send: Any, db: None) -> None:
    make_user(email="eve@example.com", password="[" * 101)
    body = orjson.dumps({"email": "eve@example.com", "password": "[" * 101})
    assert send(body, path="auth/login").status_code == 200
    other = orjson.dumps({"email": "ada@example.com", "password": "[" * 101})
    assert send(other).status_code == 200
    assert User.objects.get(email="ada@example.com").check_password("[" * 101)


def test_only_bodies_for_allauth_are_checked(client: Browser) -> None:
    response = client.post("/graphql/", b"[" * 200, content_type="application/json")
    assert [error["extensions"] for error in response.json()["errors"]] == [{"code": "BAD_REQUEST"}]


# --- Rate limits -----------------------------------------------------------------------------------------------------


@pytest.fixture
def tokens(settings: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> Callable[[], int]:
    """20 tokens for an address, which are not refilled while a test runs. Returns how many remain."""
    settings.RATE_LIMIT_ANONYMOUS_BURST, settings.RATE_LIMIT_ANONYMOUS, settings.PROCESSES = 20, 0.001, 1
    monkeypatch.setattr(rate_limit, "_rate_limiters", {})
    return lambda: rate_limit.rate_limiter().consume(address_rate(), "address:127.0.0.1", tokens=0).remaining


@pytest.mark.parametrize(
    ("body", "consumed"),
    [(b"{}", 1), (b"{", 1), (b"\xff", 1), (b"{}".ljust(8192), 2), (b"[]," * 43_000, 16), (b"x" * 200_000, 17)],
    ids=lambda value: str(value)[:12],
)
def test_a_request_consumes_tokens_of_its_address_by_its_size(
    body: bytes, consumed: int, send: Any, tokens: Callable[[], int]
) -> None:
    assert send(body, path="auth/signup").status_code in (400, 413)
    assert tokens() == 20 - consumed


def test_a_request_without_a_body_consumes_a_token(client: Browser, tokens: Callable[[], int]) -> None:
    assert client.get("/auth/app/v1/auth/session").status_code == 401
    assert tokens() == 19


def test_a_request_is_refused_before_it_is_read_when_too_few_tokens_remain(
    send: Any, tokens: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(20):
        assert send(b"{").status_code == 400
    monkeypatch.setattr("accounts.middleware.is_nested_deeper", None)
    response = send(b"{}")
    assert refusal(response) == (429, "Too many requests. Try again later.")
    assert int(response["Retry-After"]) > 0
