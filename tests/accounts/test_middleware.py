"""Request bodies for allauth: invalid ones are refused before allauth reads them."""

import gzip
from typing import Any

import orjson
import pytest
from django.core.cache import cache
from django.test import Client as Browser

from accounts.middleware import MAX_DEPTH, is_shallow
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
    assert refusal(send(b"[" * 50_000 + b"]" * 50_000)) == (400, NOT_JSON)


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


@pytest.mark.parametrize(("kind", "leaf"), [("list", []), ("object", {})])
def test_depth_is_counted_through_lists_and_objects(kind: str, leaf: Any) -> None:
    value = leaf
    for _ in range(MAX_DEPTH - 1):
        value = [1, value, 2] if kind == "list" else {"a": 1, "b": value, "c": 2}
    assert is_shallow(value)
    assert not is_shallow([value])
    assert not is_shallow({"a": value})
