"""Responses of production to the public, from a process with production's settings."""

import json
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings

from tests.environment import bare_environment

REQUEST_ALL = """
import json, sys
import django
django.setup()
from django.test import Client, override_settings
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
override_settings(STORAGES=STORAGES).enable()  # static files are not collected
answers = []
for method, path, headers, body in json.loads(sys.stdin.read()):
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    headers = {"host": "localhost", "x-forwarded-proto": "https", **headers}
    answer = browser.generic(method, path, body, "application/x-www-form-urlencoded", headers=headers)
    cookies = {
        name: [cookie["secure"], cookie["path"], cookie["domain"], cookie["samesite"]]
        for name, cookie in answer.cookies.items()
    }
    page = answer.content.decode()
    answers.append({"status": answer.status_code, "headers": dict(answer.headers), "cookies": cookies, "page": page})
print(json.dumps(answers))
"""


def request(*requests: tuple[str, str, dict[str, str], str], **variables: str) -> list[dict[str, Any]]:
    """Returns production's response to each request: method, path, headers and body."""
    environment = {
        **bare_environment(),
        "DJANGO_SETTINGS_MODULE": "settings.production",
        "EMAIL_URL": "smtp://localhost:25",
        "DATABASE_URL": "sqlite://:memory:",
        "SECRET_KEY": "not-a-secret-" * 5,
        **variables,
    }
    run = subprocess.run(
        [sys.executable, "-c", REQUEST_ALL],
        cwd=settings.BASE_DIR,
        env=environment,
        input=json.dumps(requests),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    answers: list[dict[str, Any]] = json.loads(run.stdout)
    return answers


def get(path: str, **headers: str) -> tuple[str, str, dict[str, str], str]:
    return "GET", path, headers, ""


def test_every_response_has_security_headers() -> None:
    (answer,) = request(get("/health/live/"))
    assert answer["headers"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert answer["headers"]["X-Content-Type-Options"] == "nosniff"
    assert answer["headers"]["X-Frame-Options"] == "DENY"
    assert answer["headers"]["Referrer-Policy"] == "same-origin"
    assert answer["headers"]["Cross-Origin-Opener-Policy"] == "same-origin"


def test_other_hosts_and_origins_are_refused() -> None:
    form = "username=a&password=b"
    other_host, other_origin = request(
        get("/health/live/", host="elsewhere.example"),
        ("POST", "/admin/login/", {"origin": "https://elsewhere.example"}, form),
    )
    assert (other_host["status"], other_origin["status"]) == (400, 403)
    assert "<h1>Bad request</h1>" in other_host["page"]
    assert "<h1>Not allowed</h1>" in other_origin["page"]


@pytest.mark.parametrize("path", ["backstage/", "/backstage", "back/stage/"])
def test_the_path_of_the_admin_is_a_setting(path: str) -> None:
    admin, default = request(get(f"/{path.strip('/')}/login/"), get("/admin/login/"), ADMIN_PATH=path)
    assert default["status"] == 404
    assert (admin["status"], "Log in | Appointments" in admin["page"]) == (200, True)
    assert admin["cookies"] == {"__Host-csrftoken": [True, "/", "", "Lax"]}


def test_no_public_page_reveals_the_admin() -> None:
    pages = request(get("/"), get("/nothing/"), get("/openapi/"), get("/health/"), ADMIN_PATH="backstage/")
    assert [page["status"] for page in pages] == [200, 404, 404, 200]
    assert [page for page in pages if "backstage" in str(page) or "admin" in str(page)] == []


@pytest.mark.parametrize("path", ["", "/", "graphql/", "auth/admin/", "health", "metrics"])
def test_the_admins_path_must_not_hide_another(path: str) -> None:
    with pytest.raises(AssertionError, match="ADMIN_PATH is a path of its own"):
        request(ADMIN_PATH=path)
