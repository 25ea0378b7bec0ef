"""Which requests get GraphiQL at the API's address, and which the API; without a browser."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client as Browser

from web import graphiql

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
QUERY = {"query": "{ __typename }"}
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@pytest.fixture(autouse=True)
def _files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most tests do not need the files from npm."""
    monkeypatch.setattr(graphiql, "are_installed", lambda files: True)


def is_page(response: Any) -> bool:
    return response["Content-Type"] == "text/html; charset=utf-8"


def nonce_of(response: Any) -> str:
    found = re.search(r'data-style-nonce="([\w-]{22})"', response.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize("path", ["/graphql", "/graphql/", "/graphql/?query=%7B__typename%7D"])
@pytest.mark.parametrize("accept", [BROWSER, "text/html", "text/html, application/json;q=0.9"])
def test_a_browser_gets_the_page(accept: str, path: str, client: Browser) -> None:
    response = client.get(path, headers={"accept": accept})
    assert (response.status_code, is_page(response)) == (200, True)
    assert "<title>GraphiQL · Appointments</title>" in response.content.decode()


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "*/*",
        "application/json",
        "application/graphql-response+json",
        "application/json, text/html;q=0.9",
        "application/graphql-response+json, text/html;q=0.9, */*;q=0.1",
    ],
)
def test_any_other_client_gets_the_api(accept: str | None, client: Browser) -> None:
    headers = {} if accept is None else {"accept": accept}
    response = client.get("/graphql/", QUERY, headers=headers)
    assert (response.status_code, response.json()) == (200, {"data": {"__typename": "Query"}})


def test_a_post_is_graphql_whatever_it_accepts(client: Browser) -> None:
    response = client.post("/graphql/", QUERY, "application/json", headers={"accept": BROWSER})
    assert (response.status_code, response.json()) == (200, {"data": {"__typename": "Query"}})


def test_no_csrf_token_is_required() -> None:
    strict = Browser(enforce_csrf_checks=True)
    assert strict.post("/graphql/", QUERY, "application/json").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_other_methods_reach_the_api(method: str, client: Browser) -> None:
    response = client.generic(method, "/graphql/", headers={"accept": BROWSER})
    assert b"GraphiQL" not in response.content


def test_head_gets_the_headers_of_the_page(client: Browser) -> None:
    response = client.head("/graphql/", headers={"accept": BROWSER})
    assert (response.status_code, is_page(response), response.content) == (200, True, b"")
    assert "Content-Security-Policy" in response


def test_when_it_is_off_a_browser_gets_the_api(client: Browser, settings: Any) -> None:
    settings.GRAPHIQL = False
    response = client.get("/graphql/", QUERY, headers={"accept": BROWSER})
    assert (response.status_code, response.json()) == (200, {"data": {"__typename": "Query"}})
    assert "GraphiQL" not in client.get("/").content.decode()


def test_the_home_page_links_to_it_when_it_is_on(client: Browser) -> None:
    assert '<a href="/graphql/"><strong>GraphiQL</strong>' in client.get("/").content.decode()


def test_the_policy_allows_this_host_alone(client: Browser) -> None:
    first, second = (client.get("/graphql/", headers={"accept": BROWSER}) for _ in range(2))
    assert first["Content-Security-Policy"] == POLICY.format(nonce=nonce_of(first))
    assert nonce_of(first) != nonce_of(second)


def test_the_page_has_no_inline_script_or_style(client: Browser) -> None:
    page = client.get("/graphql/", headers={"accept": BROWSER}).content.decode()
    for attributes in re.findall(r"<script([^>]*)>", page):
        assert 'src="/static/web/' in attributes
    assert not re.search(r"<style|\sstyle=|\son\w+=|https?:", page)


def test_the_page_is_not_cached(client: Browser) -> None:
    response = client.get("/graphql/", headers={"accept": BROWSER})
    assert "no-store" in response["Cache-Control"]
    assert "Accept" in response["Vary"]


def test_the_page_needs_no_database(client: Browser) -> None:
    # Without the `db` fixture a statement would be an error.
    client.cookies["sessionid"] = "x" * 32
    assert client.get("/graphql/", headers={"accept": BROWSER}).status_code == 200


@pytest.mark.parametrize("is_development", [True, False])
def test_demo_accounts_are_named_in_development_only(is_development: bool, client: Browser, settings: Any) -> None:
    settings.DEBUG = is_development
    page = client.get("/graphql/", headers={"accept": BROWSER}).content.decode()
    assert ("demo-password" in page, "client@example.com" in page) == (is_development, is_development)


def test_the_page_offers_the_documented_examples(client: Browser) -> None:
    page = client.get("/graphql/", headers={"accept": BROWSER}).content.decode()
    offered = re.findall(r'<button type="button" value="([^"]+)">', page)
    documented = (settings.BASE_DIR / "docs" / "examples").glob("*.graphql")
    assert sorted(map(html.unescape, offered)) == sorted(path.read_text() for path in documented)


def test_an_example_has_a_title_and_a_description(tmp_path: Path) -> None:
    (tmp_path / "add-thing.graphql").write_text("# Adds a thing,\n# once.\nmutation AddThing { id }\n")
    (tmp_path / "things.graphql").write_text("{ things { id } }\n")
    assert graphiql.read_examples(tmp_path) == [
        {"title": "Things", "kind": "query", "about": "", "text": "{ things { id } }\n"},
        {
            "title": "Add thing",
            "kind": "mutation",
            "about": "Adds a thing, once.",
            "text": "# Adds a thing,\n# once.\nmutation AddThing { id }\n",
        },
    ]


def test_without_examples_none_are_offered(tmp_path: Path) -> None:
    assert graphiql.read_examples(tmp_path / "nothing") == []


def test_without_its_files_the_page_says_how_to_install_them(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphiql, "are_installed", lambda files: False)
    response = client.get("/graphql/", headers={"accept": BROWSER})
    assert (response.status_code, is_page(response)) == (503, True)
    assert "script/assets" in response.content.decode()
    assert response["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")


def test_a_view_keeps_its_name_and_attributes() -> None:
    def view(request: Any) -> HttpResponse:
        raise NotImplementedError

    view.csrf_exempt = True  # type: ignore[attr-defined]
    wrapped: Any = graphiql.graphiql_in_browsers(view)
    assert (wrapped.__name__, wrapped.csrf_exempt) == ("view", True)
