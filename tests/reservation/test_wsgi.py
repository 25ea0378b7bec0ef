"""The WSGI application: no header makes it fail before it has made a request."""

import os
import subprocess
import sys
from contextlib import closing
from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

import orjson
import pytest
from django.conf import settings

from reservation.wsgi import application

pytestmark = pytest.mark.django_db  # Django checks the connection before and after a request

QUERY = b'{"query": "{ viewer { isStaff } }"}'


def send(content_type: str, *, path: str = "/graphql/", query: str = "") -> tuple[str, str, bytes]:
    """The status line, media type and body of the response to a POST as a server forwards it."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "localhost",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(QUERY)),
        "wsgi.input": BytesIO(QUERY),
    }
    setup_testing_defaults(environ)
    started: list[tuple[str, dict[str, str]]] = []
    with closing(application(environ, lambda status, headers: started.append((status, dict(headers))))) as chunks:
        body = b"".join(chunks)
    ((status, headers),) = started
    return status, headers["Content-Type"], body


def test_the_wsgi_application_uses_the_settings_that_are_already_set() -> None:
    assert settings.SETTINGS_MODULE == "settings.test"


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8"])
def test_a_request_reaches_its_view(content_type: str) -> None:
    expected = ("200 OK", "application/json; charset=utf-8", b'{"data":{"viewer":{"isStaff":false}}}')
    assert send(content_type) == expected


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json; charset*=utf-8''%00",
        "application/json; charset*=utf-8''utf-8%00",
        "application/json; charset=utf-8%00",
        "text/plain; boundary=a; charset*=UTF-8'en'a%00b",
    ],
)
def test_a_charset_with_a_nul_in_its_name_is_refused_as_another_type(content_type: str) -> None:
    status, media_type, body = send(content_type)
    (error,) = orjson.loads(body)["errors"]
    assert (status, media_type) == ("415 Unsupported Media Type", "application/json; charset=utf-8")
    assert error["extensions"] == {"code": "BAD_REQUEST"}


@pytest.mark.parametrize("path", ["/auth/app/v1/auth/login", "/admin/login/", "/health/live/", "/nothing"])
def test_a_charset_with_a_nul_in_its_name_is_a_client_error_at_any_view(path: str) -> None:
    status, _, _ = send("application/json; charset*=utf-8''%00", path=path)
    assert status.startswith("4")


@pytest.mark.parametrize("query", ["", "a=1", "&".join(f"a{number}=1" for number in range(1001))], ids=[0, 1, 1001])
@pytest.mark.parametrize("charset", ["charset=hex", "charset=undefined", "charset=idna", "charset*=nothing''%41"])
def test_an_unknown_charset_is_a_client_error_with_any_query_string(charset: str, query: str) -> None:
    status, _, _ = send(f"application/json; {charset}", query=query)
    assert status.startswith("4")


def test_too_many_parameters_are_refused_in_any_charset() -> None:
    status, _, _ = send("application/json; charset=utf-8", query="&".join(f"a{number}=1" for number in range(1001)))
    assert status.startswith("4")


def test_what_is_loaded_lazily_is_loaded_before_gunicorn_forks() -> None:
    """Otherwise the first log-in of each worker takes as long as several later ones."""
    check = (
        "import reservation.wsgi, sys; from django.core.validators import EmailValidator;"
        "assert isinstance(vars(EmailValidator.user_regex)['_wrapped'], __import__('re').Pattern);"
        "assert {'api.views', 'staff.admin', 'accounts.views'} <= sys.modules.keys()"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "settings.test"}
    subprocess.run([sys.executable, "-c", check], check=True, cwd=settings.BASE_DIR, env=environment)
