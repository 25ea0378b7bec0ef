"""GraphiQL in Chromium, on a server that uses the test database."""

import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from django.conf import settings

from tests.servers import HOST, serve, url_of_test_database
from web.graphiql import GRAPHIQL_FILES

if TYPE_CHECKING:  # the runs without browsers have this file too
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

CHROMIUM = shutil.which("chromium")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
TIMEOUT_MILLISECONDS = 15_000
REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => console.error("CSP", event.violatedDirective, event.blockedURI));
"""

Open = Callable[..., "Page"]


@pytest.fixture(scope="session")
def needs_chromium() -> None:
    """Skips where Chromium or GraphiQL's files are missing; script/test installs both."""
    if CHROMIUM is None:
        pytest.skip("Chromium is missing: script/apt chromium installs it.")
    if not all((settings.BASE_DIR / "web" / "static" / file).exists() for file in GRAPHIQL_FILES):
        pytest.skip("GraphiQL's files are missing: script/assets installs them.")


@pytest.fixture(scope="module")
def chromium(needs_chromium: None) -> Iterator["Browser"]:
    """Yields the browser of a module, in which each test opens contexts of its own and closes them.

    Its event loop runs in this thread meanwhile. There Django refuses statements unless it is told to allow them.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def origin(needs_chromium: None, django_db_setup: None) -> Iterator[str]:
    """Yields the origin of a server on the test database."""
    with serve(database_url=url_of_test_database(), workers=1, threads=4) as port:
        yield f"http://{HOST}:{port}"


@pytest.fixture
def errors() -> list[str]:
    """The errors that the page logs, violations of its policy included. Must be empty when the test ends."""
    return []


@pytest.fixture
def open_page(chromium: "Browser", origin: str, transactional_db: None, errors: list[str]) -> Iterator[Open]:
    """Yields a function that opens GraphiQL, with parameters, in a browser with empty storage."""
    from playwright.sync_api import expect

    hosts = set()

    def record_console(message: "ConsoleMessage") -> None:
        if message.type == "error":
            errors.append(message.text)

    def record_request(request: "Request") -> None:
        if not request.url.startswith("data:"):
            hosts.add("/".join(request.url.split("/")[:3]))

    page = chromium.new_page()
    page.set_default_timeout(TIMEOUT_MILLISECONDS)
    page.add_init_script(REPORT_VIOLATIONS)
    page.on("console", record_console)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", record_request)

    def open_page(**parameters: str) -> "Page":
        page.goto(f"{origin}/graphql/?{urlencode(parameters)}")
        expect(page.locator("#examples")).to_be_enabled()  # once the schema is known
        return page

    yield open_page
    page.context.close()
    assert hosts == {origin}
    assert errors == []
