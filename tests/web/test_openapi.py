"""The OpenAPI description of all that is HTTP: complete, and for staff only unless OPENAPI_PUBLIC is set."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests.factories import make_user
from web.openapi import SWAGGER_UI_POLICY, add_new

PAGE, DOCUMENTS = "/openapi/", ("/openapi.json", "/openapi.yaml")
PATHS = (PAGE, *DOCUMENTS)
METHODS = {"get", "put", "post", "delete", "options", "patch"}

# The routes that are not described, by the beginning of their patterns: pages for people, and former addresses.
NOT_DESCRIBED = {
    "": "the home page",
    "^book/?$": "the booking page",
    "admin/": "the admin",
    "openapi/": "the page of the description",
    "openapi.json": "the description itself",
    "openapi.yaml": "the description itself",
    "auth/openapi.html": "former address, redirects",
    "auth/openapi.json": "former address, redirects",
    "auth/openapi.yaml": "former address, redirects",
    "auth/app/v1/account/phone": "404, since accounts have no phone number",
    "auth/app/v1/auth/phone/verify": "404",
    "auth/app/v1/auth/phone/verify/resend": "404",
}


@pytest.fixture(autouse=True)
def _has_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether script/assets has run makes no difference to who may read the page."""
    monkeypatch.setattr("web.openapi.are_installed", lambda files: True)


@pytest.fixture
def public(settings: Any) -> None:
    settings.OPENAPI_PUBLIC = True


@pytest.mark.parametrize("path", DOCUMENTS)
def test_the_public_and_clients_get_a_404(path: str, client: Browser, db: None) -> None:
    assert client.get(path).status_code == 404
    client.force_login(make_user())
    assert client.get(path).status_code == 404


def test_the_page_leads_to_the_log_in_and_back(client: Browser, db: None) -> None:
    make_user(email="staff@example.com", password="correct-horse-9", is_staff=True)
    led = client.get(PAGE)
    assert (led.status_code, led["Location"]) == (302, "/admin/login/?next=/openapi/")
    fields = {"username": "staff@example.com", "password": "correct-horse-9", "next": PAGE}
    back = client.post(led["Location"], fields)
    assert (back.status_code, back["Location"]) == (302, PAGE)
    assert client.get(PAGE).status_code == 200


def test_a_client_is_led_to_the_log_in_too(client: Browser, db: None) -> None:
    client.force_login(make_user())
    assert client.get(PAGE)["Location"].startswith("/admin/login/")


def test_the_page_does_not_tell_where_a_moved_admin_is(client: Browser, db: None, settings: Any) -> None:
    settings.ADMIN_PATH = "office/"
    assert client.get(PAGE).status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_staff_reads_it(path: str, client: Browser, db: None) -> None:
    client.force_login(make_user(is_staff=True))
    response = client.get(path)
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (200, True)


@pytest.mark.parametrize(("path", "status"), [(PAGE, 302), *((path, 404) for path in DOCUMENTS)])
def test_staff_without_a_required_second_factor_may_not(
    path: str, status: int, client: Browser, db: None, settings: Any
) -> None:
    settings.STAFF_MFA_REQUIRED = True
    client.force_login(make_user(is_staff=True))
    assert client.get(path).status_code == status


@pytest.mark.parametrize("path", PATHS)
def test_everybody_reads_it_where_it_is_public(path: str, client: Browser, public: None) -> None:
    assert client.get(path).status_code == 200
    assert client.delete(path).status_code == 405


@pytest.mark.parametrize(
    ("former", "path"),
    [("/auth/openapi.html", PAGE), ("/auth/openapi.json", DOCUMENTS[0]), ("/auth/openapi.yaml", DOCUMENTS[1])],
)
def test_former_addresses_redirect(former: str, path: str, client: Browser) -> None:
    response = client.get(former)
    assert (response.status_code, response["Location"]) == (301, path)


def test_json_and_yaml_are_the_same_document(client: Browser, public: None) -> None:
    assert client.get("/openapi.json").json() == yaml.load(client.get("/openapi.yaml").content, Loader=yaml.CSafeLoader)


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """Yields the pattern of each route; of the admin only its prefix."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver) and pattern.app_name != "admin":
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def test_every_route_is_described_or_named_here(client: Browser, public: None) -> None:
    described = client.get("/openapi.json").json()["paths"].keys()
    found = set(routes(get_resolver().url_patterns))
    paths = {"/" + re.sub(r"^\^|/\?\$$", "", route) for route in found - NOT_DESCRIBED.keys()}
    assert paths == described
    assert NOT_DESCRIBED.keys() <= found


def test_every_described_operation_has_a_view_and_its_responses(client: Browser, public: None) -> None:
    document = client.get("/openapi.json").json()
    tags = {tag["name"] for tag in document["tags"]}
    for path, item in document["paths"].items():
        resolve(path)
        for method in METHODS & item.keys():
            operation = item[method]
            assert operation["summary"]
            assert set(operation["tags"]) <= tags
            for status, response in operation["responses"].items():
                if method != "options":
                    assert "X-Request-ID" in response["headers"], (path, method, status)
                assert ("Retry-After" in response["headers"]) is (status in ("429", "503", "504"))


def test_two_rooms_cannot_describe_the_same_path() -> None:
    paths: dict[str, Any] = {"/health/": {}}
    with pytest.raises(ValueError, match="/health/"):
        add_new(paths, {"/health/": {"get": {}}})


def test_the_page_keeps_to_its_policy(client: Browser, public: None) -> None:
    response = client.get(PAGE)
    assert response["Content-Security-Policy"] == SWAGGER_UI_POLICY
    page = response.content.decode()
    assert not re.search(r"<script>|<style|style=| on[a-z]+=|https?://(?!testserver)", page)


def test_the_page_says_what_to_do_without_its_files(
    client: Browser, public: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.openapi.are_installed", lambda files: False)
    response = client.get(PAGE)
    assert response.status_code == 503
    assert "script/assets" in response.content.decode()


@pytest.mark.parametrize("is_public", [False, True])
def test_the_home_page_links_to_it_where_it_is_public(is_public: bool, client: Browser, settings: Any) -> None:
    settings.OPENAPI_PUBLIC = is_public
    assert ("/openapi/" in client.get("/").content.decode()) is is_public


@pytest.mark.parametrize("is_linked", [False, True])
def test_the_home_page_links_to_the_admin_where_configured(is_linked: bool, client: Browser, settings: Any) -> None:
    settings.ADMIN_IS_LINKED = is_linked
    assert ("/admin/" in client.get("/").content.decode()) is is_linked
