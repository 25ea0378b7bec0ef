"""The language of pages. The API and the admin are not translated."""

import pytest
from django.test import Client as Browser

GERMAN = {"accept-language": "de-AT,de;q=0.9,en;q=0.5"}


@pytest.mark.parametrize("path", ["/", "/book", "/book/"])
def test_a_page_is_in_the_language_of_the_browser(path: str, client: Browser) -> None:
    for headers, language, text in ((GERMAN, "de", "Termin buchen"), ({}, "en", "Book an appointment")):
        response = client.get(path, headers=headers)
        assert (response.status_code, response["Content-Language"]) == (200, language)
        assert {"Accept-Language", "Cookie"} <= set(response["Vary"].split(", "))
        page = response.content.decode()
        assert f'<html lang="{language}">' in page
        assert text in page


def test_a_language_without_a_translation_is_english(client: Browser) -> None:
    assert client.get("/book", headers={"accept-language": "fr"})["Content-Language"] == "en"
    assert client.get("/book?lang=fr", headers={"accept-language": "fr"}).status_code == 200


def test_a_choice_is_remembered_and_leaves_the_address(client: Browser) -> None:
    response = client.get("/book?service=abc&lang=de&day=2030-01-01")
    assert (response.status_code, response["Location"]) == (302, "/book?service=abc&day=2030-01-01")
    cookie = response.cookies["django_language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("de", True, "Lax")
    assert client.get("/book")["Content-Language"] == "de"
    assert client.get("/?lang=en")["Location"] == "/"
    assert client.get("/")["Content-Language"] == "en"


def test_the_api_and_the_admin_are_not_translated(client: Browser, db: None) -> None:
    for path in ("/admin/login/", "/graphql/?query={viewer{email}}", "/auth/app/v1/config"):
        response = client.get(path, headers=GERMAN)
        assert response.content == client.get(path).content or path == "/admin/login/"
        assert response.headers.get("Content-Language") in (None, "en", "en-us")
        assert "Accept-Language" not in response.headers.get("Vary", "")
    refused = {"email": "x", "password": ""}
    answers = [
        client.post("/auth/app/v1/auth/login", refused, content_type="application/json", headers=headers).json()
        for headers in (GERMAN, {})
    ]
    assert answers[0] == answers[1]


def test_without_javascript_the_page_says_so(client: Browser) -> None:
    page = client.get("/book", headers=GERMAN).content.decode()
    assert "Zum Buchen braucht diese Seite JavaScript." in page.partition("<noscript>")[2].partition("</noscript>")[0]
