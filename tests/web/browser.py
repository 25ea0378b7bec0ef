"""Browsers that record what pages log as an error, and which hosts they request."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from tests.web.conftest import REPORT_VIOLATIONS, TIMEOUT_MILLISECONDS

AXE = Path(settings.BASE_DIR, "tests", "node", "node_modules", "axe-core", "axe.min.js")
SCHEMES: dict[str, dict[str, Any]] = {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}
"""The colour schemes, and axe's rules for each. In the second, only those are left that depend on colours."""

LONDON = "Europe/London"


class Visitor:
    """The user of a browser. `errors` must be empty at the end: `forget_errors` removes those that a test expects."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self.browser = browser
        self.origin = origin
        self.errors: list[str] = []
        self.hosts: set[str] = set()
        self.requests_in_progress = 0
        self.contexts: list[BrowserContext] = []

    def context(self, *, locale: str = "en-GB", zone: str = LONDON, **options: Any) -> BrowserContext:
        """Returns a context with empty storage, which its tabs share."""
        context = self.browser.new_context(base_url=self.origin, locale=locale, timezone_id=zone, **options)
        context.set_default_timeout(TIMEOUT_MILLISECONDS)
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self.record_console)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("request", self.record_request)
        context.on("requestfinished", self.record_end)
        context.on("requestfailed", self.record_end)
        self.contexts.append(context)
        return context

    def page(self, path: str, **options: Any) -> Page:
        page = self.context(**options).new_page()
        page.goto(path)
        return page

    def record_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def record_request(self, request: Request) -> None:
        self.requests_in_progress += 1
        if not request.url.startswith("data:"):
            self.hosts.add("/".join(request.url.split("/")[:3]))

    def record_end(self, request: Request) -> None:
        self.requests_in_progress -= 1

    def wait_until_idle(self) -> None:
        """Waits until no request is in progress. Fails when there is always one."""
        page = self.contexts[-1].pages[0]
        for _ in range(TIMEOUT_MILLISECONDS // 50):
            if not self.requests_in_progress:
                return
            page.wait_for_timeout(50)
        raise AssertionError(f"{self.requests_in_progress} requests are still in progress.")

    def forget_errors(self, *, about: str) -> None:
        """Waits for the errors about an expected failure, and removes them. Fails when there are none."""
        page = self.contexts[-1].pages[0]
        for _ in range(TIMEOUT_MILLISECONDS // 50):
            if any(about in error for error in self.errors):
                break
            page.wait_for_timeout(50)
        assert any(about in error for error in self.errors), self.errors
        self.errors[:] = [error for error in self.errors if about not in error]


@contextmanager
def visiting(browser: Browser, origin: str) -> Iterator[Visitor]:
    """Yields a visitor with no contexts yet; closes those that it has opened."""
    expect.set_options(timeout=TIMEOUT_MILLISECONDS)
    visitor = Visitor(browser, origin)
    yield visitor
    for context in visitor.contexts:
        context.close()
    assert not visitor.errors, visitor.errors
    assert visitor.hosts == {origin}, visitor.hosts


def in_database(work: Callable[[], Any]) -> Any:
    """Returns the result of work in a thread without an event loop, where Django allows statements."""

    def work_and_close() -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work_and_close).result()


def check_accessibility(page: Page) -> None:
    """Asserts that axe finds no violation, in light and dark, and that the page fits into 320 pixels."""
    if not AXE.exists():
        pytest.skip("axe-core is missing: script/npm tests/node fetches it.")
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    for scheme, rules in SCHEMES.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        found = page.evaluate("options => axe.run(options)", {"resultTypes": ["violations"], **rules})["violations"]
        assert not found, (page.url, scheme, json.dumps(found, indent=1)[:3000])
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320, page.url
    page.set_viewport_size(size)
