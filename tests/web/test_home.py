"""The home page."""

import pytest
from django.test import Client as Browser


def test_the_home_page_links_to_the_other_pages(client: Browser) -> None:
    response = client.get("/")
    assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")
    page = response.content.decode()
    assert page.lstrip().lower().startswith("<!doctype html>")
    for place in ("/graphql", "/admin/", "/health/"):
        assert place in page


def test_the_home_page_needs_no_database(client: Browser) -> None:
    # Without the `db` fixture a statement would be an error.
    client.cookies["sessionid"] = "x" * 32
    assert client.head("/").status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods_are_refused(method: str, client: Browser) -> None:
    assert client.generic(method, "/").status_code == 405


@pytest.mark.parametrize("host", ["testserver", "localhost", "<script>"])
def test_the_home_page_does_not_reflect_the_host(host: str, client: Browser) -> None:
    response = client.get("/", headers={"host": host})
    assert response.status_code == (400 if host == "<script>" else 200)
    assert b"<script>" not in response.content


def test_an_unknown_path_is_404(client: Browser) -> None:
    assert client.get("/nothing/here/").status_code == 404
