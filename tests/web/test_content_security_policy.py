"""The Content-Security-Policy of pages. test_admin_in_chromium tests it in a browser."""

from typing import Any

import pytest
from django.test import Client as Browser

from web.content_security_policy import ADMIN_POLICY, POLICY


@pytest.mark.parametrize("path", ["/", "/nothing/"])
def test_a_page_has_a_policy_without_inline_scripts_and_other_hosts(path: str, client: Browser, db: None) -> None:
    policy = client.get(path)["Content-Security-Policy"]
    assert policy == POLICY
    assert not {"unsafe", "http", "*"} & {part for part in ("unsafe", "http", "*") if part in policy}


def test_the_admin_may_evaluate_and_style_inline_without_other_hosts(client: Browser, db: None) -> None:
    policy = client.get("/admin/login/")["Content-Security-Policy"]
    assert policy == ADMIN_POLICY
    assert policy.startswith(POLICY)
    assert not {"http", "*"} & {part for part in ("http", "*") if part in policy}


def test_a_page_may_have_a_policy_of_its_own(client: Browser) -> None:
    policy = client.get("/graphql/", headers={"accept": "text/html"})["Content-Security-Policy"]
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("path", ["/health/live/", "/graphql/?query={__typename}", "/auth/app/v1/config"])
def test_other_responses_have_none(path: str, client: Browser) -> None:
    assert "Content-Security-Policy" not in client.get(path)


def test_djangos_debug_page_keeps_its_styles(client: Browser, settings: Any) -> None:
    settings.DEBUG = True
    response = client.get("/nothing/")
    assert (response.status_code, "Content-Security-Policy" in response) == (404, False)
