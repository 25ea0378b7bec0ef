"""Error pages: plain, without details, and with the same policy as every page."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import path

from reservation import urls
from web.content_security_policy import POLICY


def fail(_: Any) -> None:
    raise RuntimeError("a detail")


def is_plain(response: Any, heading: str) -> bool:
    page = response.content.decode()
    return f"<h1>{heading}</h1>" in page and len(page) < 700 and response["Content-Security-Policy"] == POLICY


def test_not_found(client: Browser) -> None:
    response = client.get("/a-secret-detail/")
    assert (response.status_code, is_plain(response, "Not found")) == (404, True)
    assert b"detail" not in response.content


def test_a_host_that_is_not_allowed(client: Browser) -> None:
    response = client.get("/", headers={"host": "a-detail.example"})
    assert (response.status_code, is_plain(response, "Bad request")) == (400, True)
    assert b"detail" not in response.content


def test_a_form_without_a_csrf_token(db: None) -> None:
    response = Browser(enforce_csrf_checks=True).post("/admin/login/", {"username": "a-detail"})
    assert (response.status_code, is_plain(response, "Not allowed")) == (403, True)
    assert b"detail" not in response.content


def test_forbidden(admin_client: Browser) -> None:
    response = admin_client.get("/admin/reservation/reservation/add/")
    assert (response.status_code, is_plain(response, "Not allowed")) == (403, True)


def test_a_server_error(monkeypatch: pytest.MonkeyPatch, client: Browser, settings: Any) -> None:
    settings.ROOT_URLCONF = type("Urls", (), {"urlpatterns": [*urls.urlpatterns, path("fail/", fail)]})
    client.raise_request_exception = False
    response = client.get("/fail/")
    assert (response.status_code, is_plain(response, "Something went wrong")) == (500, True)
    assert b"detail" not in response.content
