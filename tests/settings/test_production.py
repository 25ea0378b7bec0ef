"""Production refuses to start with a development default, and serves HTTPS only."""

import json
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings

from settings import DEVELOPMENT_SECRET_KEY
from tests.environment import bare_environment
from tests.tokens import OTHER_KEY, OWN_KEY, pem

PRINT = "from django.conf import settings; print({})"
PRINT_ALL = """
import json
from django.conf import settings
print(json.dumps({name: repr(getattr(settings, name)) for name in dir(settings)}))
"""
GOOD_KEY = "not-a-secret-" * 5


def production(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs Python under production's settings, with only these environment variables and a mail server."""
    environment = {**bare_environment(), "DJANGO_SETTINGS_MODULE": "settings.production", **variables}
    environment.setdefault("EMAIL_URL", "smtp://localhost:25")
    return subprocess.run(
        [sys.executable, *arguments], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("key", [None, "", DEVELOPMENT_SECRET_KEY, "short", "x" * 49])
def test_it_refuses_to_start_without_a_secret_key_of_its_own(key: str | None) -> None:
    run = production("-c", PRINT.format("settings.DEBUG"), **({} if key is None else {"SECRET_KEY": key}))
    assert run.returncode != 0
    assert "ImproperlyConfigured: Set SECRET_KEY to a random text of at least 50 characters." in run.stderr
    assert run.stdout == ""


def test_it_refuses_short_keys_of_second_factors() -> None:
    run = production("-c", PRINT.format("settings.DEBUG"), SECRET_KEY=GOOD_KEY, MFA_ENCRYPTION_KEYS=f"{'k' * 50},short")
    assert "ImproperlyConfigured: MFA_ENCRYPTION_KEYS are random texts" in run.stderr


@pytest.mark.parametrize("former", [DEVELOPMENT_SECRET_KEY, "short"])
def test_it_refuses_weak_former_keys(former: str) -> None:
    run = production("-c", PRINT.format("settings.DEBUG"), SECRET_KEY=GOOD_KEY, SECRET_KEY_FALLBACKS=former)
    assert "ImproperlyConfigured: SECRET_KEY_FALLBACKS are former secret keys" in run.stderr


def test_it_refuses_to_write_mails_to_the_log() -> None:
    run = production("-c", PRINT.format("settings.DEBUG"), SECRET_KEY=GOOD_KEY, EMAIL_URL="consolemail://")
    assert "ImproperlyConfigured: Set EMAIL_URL" in run.stderr


@pytest.mark.parametrize("url", ["filemail:///var/mail", "filemail://var/mail"])
def test_it_refuses_to_write_mails_into_its_own_directory(url: str) -> None:
    run = production("-c", PRINT.format("settings.EMAIL_FILE_PATH"), SECRET_KEY=GOOD_KEY, EMAIL_URL=url)
    assert "ImproperlyConfigured: EMAIL_URL names a directory by its absolute path" in run.stderr
    run = production(
        "-c", PRINT.format("settings.EMAIL_FILE_PATH"), SECRET_KEY=GOOD_KEY, EMAIL_URL="filemail:////var/mail"
    )
    assert (run.stdout, run.returncode) == ("/var/mail\n", 0)


@pytest.fixture(scope="module")
def defaults() -> dict[str, str]:
    """The representation of every setting where only those are set that have to be."""
    run = production("-c", PRINT_ALL, SECRET_KEY=GOOD_KEY)
    assert run.returncode == 0, run.stderr
    found: dict[str, str] = json.loads(run.stdout)
    return found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", False),
        ("SECURE_SSL_REDIRECT", True),
        ("SECURE_HSTS_SECONDS", 31_536_000),
        ("STAFF_MFA_REQUIRED", True),
        ("OPENAPI_PUBLIC", False),
        ("GRAPHIQL", False),
        ("ADMIN_IS_LINKED", False),
        ("METRICS_ADDRESSES", []),
        ("METRICS_TOKEN", ""),
        ("SESSION_COOKIE_NAME", "__Host-sessionid"),
        ("SESSION_COOKIE_HTTPONLY", True),
        ("SESSION_COOKIE_SECURE", True),
        ("CSRF_COOKIE_SECURE", True),
        ("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"]),
    ],
)
def test_it_is_safe_by_default(name: str, value: Any, defaults: dict[str, str]) -> None:
    assert defaults[name] == repr(value)


def test_djangos_own_checks_for_production_find_nothing() -> None:
    run = production("manage.py", "check", "--deploy", "--fail-level", "WARNING", SECRET_KEY=GOOD_KEY)
    assert run.returncode == 0, run.stderr


def test_it_refuses_a_short_token_for_metrics() -> None:
    for token, is_refused in (("x" * 31, True), ("x" * 32, False)):
        run = production("-c", PRINT.format("settings.DEBUG"), SECRET_KEY=GOOD_KEY, METRICS_TOKEN=token)
        assert ("ImproperlyConfigured: Set METRICS_TOKEN to a random text" in run.stderr) == is_refused
        assert (run.returncode != 0) == is_refused


def test_it_refuses_invalid_addresses_for_metrics() -> None:
    run = production("-c", PRINT.format("settings.DEBUG"), SECRET_KEY=GOOD_KEY, METRICS_ADDRESSES="10.1.0.0/16,inside")
    assert "ImproperlyConfigured: METRICS_ADDRESSES has addresses and networks" in run.stderr


def test_probes_and_scrapers_may_use_plain_http() -> None:
    code = """
import django
django.setup()
from django.test import Client
for path in ("/health/live/", "/metrics", "/metrics/", "/metrics/more", "/graphql/"):
    print(Client().get(path, headers={"host": "localhost"}).status_code)
print(Client().get("/graphql/", headers={"host": "localhost", "x-forwarded-proto": "https"}).status_code)
"""
    run = production("-c", code, SECRET_KEY=GOOD_KEY, METRICS_ADDRESSES="127.0.0.1")
    assert run.stdout.split() == ["200", "200", "200", "301", "301", "400"], run.stderr


def test_keys_of_an_identity_provider_are_fetched_over_https() -> None:
    provider = {"OIDC_ISSUER": "https://idp.example.com", "OIDC_AUDIENCE": "appointments"}
    for url, refusal in (
        ("https://idp.example.com/jwks", ""),
        ("http://127.0.0.1:8080/jwks", "OIDC_JWKS_URL begins with https://."),
        ("", "OIDC_ISSUER, OIDC_AUDIENCE and OIDC_JWKS_URL are set together."),
    ):
        run = production("-c", PRINT.format("settings.DEBUG"), SECRET_KEY=GOOD_KEY, OIDC_JWKS_URL=url, **provider)
        assert run.stderr.strip().endswith(refusal)
        assert (run.returncode == 0) == (refusal == "")


def test_it_refuses_to_start_with_invalid_private_keys() -> None:
    run = production("-c", PRINT.format("settings.DEBUG"), SECRET_KEY=GOOD_KEY, JWT_PRIVATE_KEYS="/run/secrets/jwt.pem")
    assert "ImproperlyConfigured: JWT_PRIVATE_KEYS has something beside PEM blocks." in run.stderr


def test_private_keys_may_be_written_in_one_line() -> None:
    count = "from accounts.tokens.own import keys; print(len(keys()))"
    both = pem(OWN_KEY, OTHER_KEY)
    for text in (both, both.replace("\n", "\\n")):
        run = production("-c", count, SECRET_KEY=GOOD_KEY, JWT_PRIVATE_KEYS=text)
        assert run.stdout == "2\n", run.stderr
