"""The reference of /auth/: complete, and for staff only unless OPENAPI_PUBLIC is set."""

import re
from typing import Any

import pytest
from allauth.headless.base.views import APIView
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import resolve

from tests.factories import make_user
from web.content_security_policy import POLICY

PATHS = ("/auth/openapi.html", "/auth/openapi.json", "/auth/openapi.yaml")


@pytest.fixture
def public(settings: Any) -> None:
    settings.OPENAPI_PUBLIC = True


@pytest.mark.parametrize("path", PATHS)
def test_the_public_and_clients_get_a_404(path: str, client: Browser, db: None) -> None:
    assert client.get(path).status_code == 404
    client.force_login(make_user())
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_staff_reads_it(path: str, client: Browser, db: None) -> None:
    client.force_login(make_user(is_staff=True))
    response = client.get(path)
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (200, True)


@pytest.mark.parametrize("path", PATHS)
def test_staff_without_a_required_second_factor_gets_a_404(path: str, client: Browser, db: None, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = True
    client.force_login(make_user(is_staff=True))
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_everybody_reads_it_where_it_is_public(path: str, client: Browser, public: None) -> None:
    assert client.get(path).status_code == 200
    assert client.delete(path).status_code == 405


def test_every_described_operation_exists(client: Browser, public: None) -> None:
    description = client.get("/auth/openapi.json").json()
    assert description["openapi"].startswith("3.")
    paths = description["paths"]
    assert {
        "/auth/app/v1/auth/signup",
        "/auth/app/v1/auth/2fa/authenticate",
        "/auth/app/v1/account/authenticators/totp",
        "/auth/app/v1/auth/sessions",
    } <= paths.keys()
    for path in paths:
        assert issubclass(resolve(path).func.view_class, APIView)


def test_the_page_has_every_operation_once(client: Browser, public: None) -> None:
    cache.clear()
    description = client.get("/auth/openapi.json").json()
    operations = {
        f"{method.upper()} {path}"
        for path, item in description["paths"].items()
        for method in item
        if method != "parameters"
    }
    page = client.get("/auth/openapi.html").content.decode()
    assert sorted(re.findall(r"<summary><code>(.*?)</code>", page)) == sorted(operations)
    for wanted in ("current_password", "X-Session-Token", "recovery_codes"):
        assert wanted in page


def test_the_page_keeps_to_the_policy(client: Browser, public: None) -> None:
    response = client.get("/auth/openapi.html")
    assert response["Content-Security-Policy"] == POLICY
    assert not re.search(
        r"<script|<style|style=|https?://(?!testserver)", response.content.decode().split("</head>")[0]
    )


@pytest.mark.parametrize("is_public", [False, True])
def test_the_home_page_links_to_it_where_it_is_public(is_public: bool, client: Browser, settings: Any) -> None:
    settings.OPENAPI_PUBLIC = is_public
    assert ("/auth/openapi.html" in client.get("/").content.decode()) is is_public


@pytest.mark.parametrize("is_linked", [False, True])
def test_the_home_page_links_to_the_admin_where_configured(is_linked: bool, client: Browser, settings: Any) -> None:
    settings.ADMIN_IS_LINKED = is_linked
    assert ("/admin/" in client.get("/").content.decode()) is is_linked
