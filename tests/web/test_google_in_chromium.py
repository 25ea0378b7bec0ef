"""A member of staff logs in with Google, played by a mock provider, in Chromium."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from tests.accounts.authenticator import code
from tests.google import MockGoogle, mock_google, require_node
from tests.servers import HOST, serve
from tests.web.conftest import REPORT_VIOLATIONS, TIMEOUT_MILLISECONDS

EMAIL = "staff@example.com"
PREPARE = f"""
import django
django.setup()
from django.core.management import call_command
from tests.accounts.authenticator import give_second_factor
from tests.factories import make_user
call_command("migrate", verbosity=0)
give_second_factor(make_user(email="{EMAIL}", is_staff=True, is_superuser=True))
"""


@pytest.fixture(scope="module")
def google() -> Iterator[MockGoogle]:
    require_node()
    with mock_google() as google:
        yield google


@pytest.fixture(scope="module")
def origin(needs_chromium: None, google: MockGoogle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The origin of a server with the provider, on a database of its own, which has the tables of social accounts."""
    database = tmp_path_factory.mktemp("google") / "db.sqlite3"
    variables = {**google.variables, "DATABASE_URL": f"sqlite:///{database}"}
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "settings.test", **variables}
    subprocess.run([sys.executable, "-c", PREPARE], cwd=settings.BASE_DIR, env=environment, check=True, timeout=120)
    database_url = variables.pop("DATABASE_URL")
    with serve(database_url=database_url, workers=1, threads=4, STAFF_MFA_REQUIRED="true", **variables) as port:
        yield f"http://{HOST}:{port}"


@pytest.fixture
def page(chromium: Browser, origin: str) -> Iterator[Page]:
    """A page in a new context. Afterwards, no error may have been logged."""
    errors: list[str] = []
    page = chromium.new_page(base_url=origin)
    page.set_default_timeout(TIMEOUT_MILLISECONDS)
    page.add_init_script(REPORT_VIOLATIONS)
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.context.close()
    assert errors == []


def test_staff_logs_in_with_google_and_a_code_and_reads_the_description(page: Page, google: MockGoogle) -> None:
    google.behave(claims={"sub": "1", "email": EMAIL, "email_verified": True})
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/openapi/")
    page.get_by_role("link", name="Log in with Google").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Logging in as {EMAIL}")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.keyboard.type(code())  # the field has the focus
    page.keyboard.press("Enter")
    page.wait_for_url("**/openapi/")
    page.goto("/admin/")
    expect(page.get_by_role("heading", name="Needs attention")).to_be_visible()


def test_another_google_account_is_refused_on_the_log_in_page(page: Page, google: MockGoogle) -> None:
    google.behave(claims={"sub": "2", "email": "stranger@example.com", "email_verified": True})
    page.goto("/admin/")
    page.get_by_role("link", name="Log in with Google").click()
    expect(page.get_by_text("No account of staff has the verified address")).to_be_visible()
    assert page.url.split("?")[0].endswith("/admin/login/")
